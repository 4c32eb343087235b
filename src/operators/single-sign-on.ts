import { KycError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { describeError, type Logger } from '../lib/log.ts';
import type { OperatorRecord, OperatorStore, SignInStore } from '../store/operator-store.ts';
import { hashToken } from './sessions.ts';
import type { SignInEvent } from './sign-in.ts';

/** Who says who somebody is. */
export interface SingleSignOnSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What single sign-on needs. */
export interface SingleSignOnParts {
  readonly settings: SingleSignOnSettings;
  readonly operators: OperatorStore;
  readonly signIns: SignInStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where the provider sends people back to. */
  readonly redirectUri: string;
  /** Whether the provider may be asked over http: local mode. */
  readonly allowHttp: boolean;
  readonly onSignIn?: (event: SignInEvent) => Promise<void>;
}

/** A browser on its way to the provider, and what it must bring back. */
export interface Departure {
  readonly url: string;
  /** For a cookie: what ties the answer to this browser. */
  readonly kept: string;
}

type Library = typeof import('openid-client');
type Configuration = import('openid-client').Configuration;

/**
 * Signing in by an OpenID Connect provider, with PKCE, state and nonce. Choice: nobody is let in by an address of mail that a provider names. Who
 * they are there is fixed when they take up their invitation, and only that lets them in; role and whether they may, the console says.
 */
export class SingleSignOn {
  readonly #parts: SingleSignOnParts;
  #configuration: Promise<Configuration> | undefined;

  constructor(parts: SingleSignOnParts) {
    this.#parts = parts;
  }

  /** @param invitation the token of one that is to be taken up. @throws KycError `unavailable` when the provider is away */
  async depart(invitation: string): Promise<Departure> {
    const library = await load();
    const configuration = await this.#discover(library);
    const verifier = library.randomPKCECodeVerifier();
    const [state, nonce] = [library.randomState(), library.randomNonce()];
    const url = library.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#parts.redirectUri,
      scope: 'openid',
      code_challenge: await library.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    return { url: url.href, kept: [state, nonce, verifier, invitation].join('.') };
  }

  /**
   * Who came back. With an invitation they are bound to it, and signed up.
   * @param query of the request that the provider made the browser send
   * @throws KycError `unauthenticated`
   */
  async arrive(query: string, kept: string): Promise<OperatorRecord> {
    const [state = '', nonce = '', verifier = '', invitation = ''] = kept.split('.');
    const subject = await this.#subjectOf(query, { state, nonce, verifier });
    const operator = invitation === '' ? await this.#find(subject) : await this.#bind(subject, invitation);
    await this.#parts.onSignIn?.({ operator: operator.name, outcome: 'signed-in', by: 'single-sign-on' });
    return operator;
  }

  async #subjectOf(
    query: string,
    { state, nonce, verifier }: { readonly state: string; readonly nonce: string; readonly verifier: string },
  ): Promise<string> {
    const library = await load();
    const configuration = await this.#discover(library);
    try {
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
      const url = new URL(`${this.#parts.redirectUri}?${query}`);
      const tokens = await library.authorizationCodeGrant(configuration, url, checks);
      const claims = tokens.claims();
      if (claims !== undefined) return `${claims.iss} ${claims.sub}`;
    } catch (error) {
      this.#parts.log.warn(describeError(error), 'a single sign-on was refused');
    }
    throw new KycError('unauthenticated', 'the single sign-on did not say who you are: try again');
  }

  async #find(subject: string): Promise<OperatorRecord> {
    const { operators, signIns, clock, onSignIn } = this.#parts;
    const found = await operators.findBySubject(subject);
    if (found?.state === 'active') return found;
    if (found !== undefined) {
      await signIns.noteRefusal({ operator: found.name, by: 'single sign-on' }, clock.now());
      await onSignIn?.({ operator: found.name, outcome: 'refused', by: 'single-sign-on' });
    }
    throw new KycError('unauthenticated', 'nobody was invited who signs in like this');
  }

  async #bind(subject: string, invitation: string): Promise<OperatorRecord> {
    const { operators, clock } = this.#parts;
    const isBound = await operators.accept(hashToken(invitation), { subject }, clock.now());
    if (!isBound) throw new KycError('unauthenticated', 'this invitation is used, or somebody else signs in like this');
    return this.#find(subject);
  }

  /** Kept once it was found; a provider that is away is asked again by the next who comes. */
  async #discover(library: Library): Promise<Configuration> {
    const { settings, allowHttp, log } = this.#parts;
    const { issuer, clientId, clientSecret } = settings;
    const options = allowHttp ? { execute: [library.allowInsecureRequests] } : {};
    this.#configuration ??= library.discovery(new URL(issuer), clientId, clientSecret, undefined, options);
    try {
      return await this.#configuration;
    } catch (error) {
      this.#configuration = undefined;
      log.warn(describeError(error), 'the single sign-on cannot be reached');
      throw new KycError('unavailable', 'the single sign-on cannot be reached', { retryAfterSeconds: 30 });
    }
  }
}

/** Loaded when somebody uses it. */
function load(): Promise<Library> {
  return import('openid-client');
}
