import { DeliveryDesk } from './delivery-desk.ts';
import type { BuiltIn } from './kyc/open-built-in.ts';
import type { ReviewDesk } from './kyc/review/review-desk.ts';
import { OperatorKeys } from './operators/operator-keys.ts';
import type { SignInEvent } from './operators/sign-in.ts';
import { Staff, type StaffEvent } from './operators/staff.ts';
import type { Settings } from './resolve-options.ts';
import type { Store } from './store/store.ts';
import { openIndexKey } from './vault/index-key.ts';
import type { KeyRing } from './vault/key-ring.ts';

type Handle = (request: Request) => Promise<Response>;

/** What the console is opened from. */
export interface DoorParts {
  readonly settings: Settings;
  readonly store: Store;
  readonly keyRing: KeyRing;
  readonly desk: ReviewDesk;
  readonly deliveries: DeliveryDesk;
}

/**
 * The way to the console: everything under `/console`. What it is made of is loaded when somebody first comes, so that a server whose console
 * nobody opens pays nothing for it.
 */
export class ConsoleDoor {
  readonly #parts: DoorParts;
  readonly #base: string;
  #opening: Promise<Handle> | undefined;

  constructor(parts: DoorParts) {
    this.#parts = parts;
    this.#base = new URL(`${parts.settings.hostUrl}/console`).pathname;
  }

  /** Whether a request is for the console; proxies may or may not have taken off what HOST_URL has before it. */
  isFor({ url }: Request): boolean {
    const from = url.indexOf('/', url.indexOf('//') + 2);
    return [this.#base, '/console'].some((base) => url.startsWith(base, from) && isEnd(url[from + base.length]));
  }

  /** Answers it. */
  async handle(request: Request): Promise<Response> {
    this.#opening ??= this.#open();
    try {
      return await (await this.#opening)(request);
    } catch {
      // The database was away when it was to be opened; whoever comes next tries again.
      this.#opening = undefined;
      return new Response('not now', { status: 503, headers: { 'Retry-After': '5', 'Cache-Control': 'no-store' } });
    }
  }

  async #open(): Promise<Handle> {
    const { settings, store, keyRing, desk, deliveries } = this.#parts;
    const { openConsole } = await import('./console/handle.ts');
    const { Sessions } = await import('./operators/sessions.ts');
    const { Passkeys } = await import('./operators/passkeys.ts');
    const { SingleSignOn } = await import('./operators/single-sign-on.ts');
    const { clock, log, appName, localMode, hostUrl, singleSignOn: sso } = settings;
    const { operators, signIns } = store;
    const keys = new OperatorKeys(await openIndexKey(keyRing, store.keys, 'console'));
    const { origin } = new URL(hostUrl);
    const signIn = { operators, signIns, keys, clock, needsTwoFactors: !localMode, onSignIn: this.#told };
    const useChallenge = (hash: string, expiresAt: Date): Promise<boolean> =>
      store.useChallenge(hash, expiresAt, clock.now());
    const redirectUri = `${hostUrl}/console/single-sign-on/callback`;
    return openConsole({
      ...{ desk, deliveries, signIn, signIns, clock, log, appName, origin },
      base: this.#base,
      isSecure: hostUrl.startsWith('https:'),
      staff: new Staff(operators, clock, namesOf(settings), this.#told),
      sessions: new Sessions(signIns, clock),
      passkeys: new Passkeys({ ...signIn, origin, appName, useChallenge }),
      singleSignOn: sso && new SingleSignOn({ ...signIn, settings: sso, log, redirectUri, allowHttp: localMode }),
    });
  }

  /** The one place that hears of every signing in and of every change of who may. */
  readonly #told = async (event: SignInEvent | StaffEvent): Promise<void> => {
    this.#parts.settings.log.info({ ...event }, 'an operator of the console');
  };
}

/** The way to the console, where the settings want one. */
export function openConsoleDoor(settings: Settings, store: Store, { desk, parts }: BuiltIn): ConsoleDoor | undefined {
  if (!settings.console) return undefined;
  const deliveries = new DeliveryDesk(store.deliveries, settings.clock);
  return new ConsoleDoor({ settings, store, keyRing: parts.keyRing, desk, deliveries });
}

/** Operators of the REST API: the same name would be taken for the same person. */
export function namesOf({ operators }: Pick<Settings, 'operators'>): readonly string[] {
  return operators.map(({ name }) => name);
}

function isEnd(next: string | undefined): boolean {
  return next === undefined || next === '/' || next === '?' || next === '#';
}
