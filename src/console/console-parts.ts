import type { DeliveryDesk } from '../delivery-desk.ts';
import type { ReviewDesk } from '../kyc/review/review-desk.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Passkeys } from '../operators/passkeys.ts';
import type { Sessions } from '../operators/sessions.ts';
import type { SignInParts } from '../operators/sign-in.ts';
import type { SingleSignOn } from '../operators/single-sign-on.ts';
import type { Staff } from '../operators/staff.ts';
import type { SignInStore } from '../store/operator-store.ts';

/** What the console talks to. It decides nothing by itself: every act goes through the desk, by the same rules as over REST. */
export interface ConsoleParts {
  readonly desk: ReviewDesk;
  readonly deliveries: DeliveryDesk;
  readonly staff: Staff;
  readonly sessions: Sessions;
  readonly signIn: SignInParts;
  readonly signIns: SignInStore;
  readonly passkeys: Passkeys;
  /** Undefined where the settings name none. */
  readonly singleSignOn: SingleSignOn | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** What the anchor calls itself. */
  readonly appName: string;
  /** `https://kyc.example.com`: the only origin whose pages may send forms. */
  readonly origin: string;
  /** Path under which the console is, without a slash at the end: `/console`, or with what HOST_URL has before it. */
  readonly base: string;
  /** Whether cookies are for https alone. */
  readonly isSecure: boolean;
}
