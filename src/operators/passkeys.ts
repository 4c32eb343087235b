import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { InvalidRequest, KycError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { newToken } from '../lib/ids.ts';
import type { OperatorRecord, OperatorStore, SignInStore } from '../store/operator-store.ts';
import type { OperatorKeys } from './operator-keys.ts';
import type { SignInEvent } from './sign-in.ts';

/** What passkeys need. */
export interface PasskeyParts {
  readonly operators: OperatorStore;
  readonly signIns: SignInStore;
  readonly keys: OperatorKeys;
  readonly clock: Clock;
  /** `https://kyc.example.com` */
  readonly origin: string;
  readonly appName: string;
  /** Marks a challenge as answered; false when it was. */
  readonly useChallenge: (hash: string, expiresAt: Date) => Promise<boolean>;
  readonly onSignIn?: (event: SignInEvent) => Promise<void>;
}

/** What a browser is asked, and what it brings back with its answer. */
export interface Asked {
  readonly options: object;
  readonly signed: string;
}

type Library = typeof import('@simplewebauthn/server');

const challengeMs = 5 * 60_000;
const maxPasskeys = 10;

/** Signing in by a passkey. It asks for a PIN, a finger or a face, and so is two factors in one. */
export class Passkeys {
  readonly #parts: PasskeyParts;
  readonly #rpID: string;

  constructor(parts: PasskeyParts) {
    this.#parts = parts;
    this.#rpID = new URL(parts.origin).hostname;
  }

  /** What a browser needs to make a passkey for somebody. */
  async askToRegister({ id, name }: OperatorRecord): Promise<Asked> {
    const { generateRegistrationOptions } = await load();
    const known = await this.#parts.signIns.listPasskeys(id);
    if (known.length >= maxPasskeys) throw new KycError('not_possible', `at most ${maxPasskeys} passkeys: remove one`);
    const challenge = newToken(256);
    const options = await generateRegistrationOptions({
      rpName: this.#parts.appName,
      rpID: this.#rpID,
      userName: name,
      userID: new Uint8Array(Buffer.from(id)),
      challenge: new Uint8Array(Buffer.from(challenge, 'hex')),
      excludeCredentials: known.map((passkey) => ({ id: passkey.id })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    return { options, signed: this.#sign(`register ${id}`, challenge) };
  }

  /** Keeps a passkey that a browser made. @throws InvalidRequest when the answer is not one to our question */
  async register({ id }: OperatorRecord, answer: string, signed: string, label: string): Promise<void> {
    const { verifyRegistrationResponse } = await load();
    const expectedChallenge = await this.#take(`register ${id}`, signed);
    const verified = await verifyRegistrationResponse({
      response: parse<RegistrationResponseJSON>(answer),
      expectedChallenge,
      expectedOrigin: this.#parts.origin,
      expectedRPID: this.#rpID,
      requireUserVerification: true,
    }).catch(refuse);
    if (!verified.verified) throw refused();
    const { credential } = verified.registrationInfo;
    const { signIns, clock } = this.#parts;
    const passkey = { id: credential.id, publicKey: credential.publicKey, counter: credential.counter };
    const named = label.trim().slice(0, 60) || 'passkey';
    if (!(await signIns.addPasskey({ ...passkey, operatorId: id, label: named, createdAt: clock.now() })))
      throw refused();
  }

  /** What a browser needs to sign in by whatever passkey it has. */
  async askToSignIn(): Promise<Asked> {
    const { generateAuthenticationOptions } = await load();
    const challenge = newToken(256);
    const options = await generateAuthenticationOptions({
      rpID: this.#rpID,
      challenge: new Uint8Array(Buffer.from(challenge, 'hex')),
      userVerification: 'required',
    });
    return { options, signed: this.#sign('sign-in', challenge) };
  }

  /** Whose passkey answered. @throws KycError `unauthenticated` */
  async signIn(answer: string, signed: string): Promise<OperatorRecord> {
    const { verifyAuthenticationResponse } = await load();
    const { signIns, operators, origin, onSignIn } = this.#parts;
    const expectedChallenge = await this.#take('sign-in', signed);
    const response = parse<AuthenticationResponseJSON>(answer);
    const passkey = await signIns.findPasskey(String(response.id));
    const operator = passkey && (await operators.find(passkey.operatorId));
    if (passkey === undefined || operator === undefined) throw noSuchPasskey();
    const verified = await verifyAuthenticationResponse({
      response,
      expectedChallenge,
      expectedOrigin: origin,
      expectedRPID: this.#rpID,
      credential: { id: passkey.id, publicKey: new Uint8Array(passkey.publicKey), counter: passkey.counter },
      requireUserVerification: true,
    }).catch(() => undefined);
    const isIn =
      operator.state === 'active' &&
      verified?.verified === true &&
      (await signIns.usePasskey(passkey.id, verified.authenticationInfo.newCounter));
    if (!isIn) await signIns.noteRefusal({ operator: operator.name, by: 'passkey' }, this.#parts.clock.now());
    await onSignIn?.({ operator: operator.name, outcome: isIn ? 'signed-in' : 'refused', by: 'passkey' });
    if (!isIn) throw noSuchPasskey();
    return operator;
  }

  #sign(purpose: string, challenge: string): string {
    const text = `${challenge}.${this.#parts.clock.now().getTime() + challengeMs}`;
    return `${text}.${this.#parts.keys.sign(purpose, text)}`;
  }

  /** The challenge, once. Answers it in the spelling that the browser signed. */
  async #take(purpose: string, signed: string): Promise<string> {
    const { keys, clock, useChallenge } = this.#parts;
    const [challenge = '', until = '', mac = ''] = signed.split('.');
    const isOurs = keys.isSigned(purpose, `${challenge}.${until}`, mac);
    const expiresAt = new Date(Number(until));
    if (!isOurs || expiresAt <= clock.now()) throw refused();
    if (!(await useChallenge(`console ${challenge}`, expiresAt))) throw refused();
    return Buffer.from(challenge, 'hex').toString('base64url');
  }
}

/** Loaded when somebody uses a passkey: it costs 27 MB and half a second. */
function load(): Promise<Library> {
  return import('@simplewebauthn/server');
}

function parse<T>(text: string): T {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as T;
  } catch {
    // Refused below.
  }
  throw refused();
}

function refuse(): never {
  throw refused();
}

function refused(): InvalidRequest {
  return new InvalidRequest('the passkey was not taken: try again');
}

function noSuchPasskey(): KycError {
  return new KycError('unauthenticated', 'nobody signs in by this passkey');
}
