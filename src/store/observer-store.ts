/** Who asks: an observer of an account, and until when it would be the only one. */
export interface ObserverClaim {
  /** The account (`G…`) whose payments are observed. */
  readonly account: string;
  /** Names the observer, a different one for each. */
  readonly holder: string;
  readonly now: Date;
  readonly leaseUntil: Date;
}

/** How far an account's payments were seen. */
export interface ObserverPlace {
  /** The paging token of the last one that was dealt with; undefined before the first time. */
  readonly cursor: string | undefined;
}

/** How far payments on Stellar were seen, and who looks at them: one observer at a time over all processes. */
export interface ObserverStore {
  /** Takes or keeps an account for an observer; undefined while another one has it. */
  hold(claim: ObserverClaim): Promise<ObserverPlace | undefined>;
  /**
   * Notes that everything up to a paging token (a decimal number) was dealt with. It never goes back.
   * @returns false when somebody else has the account by now, and nothing was changed
   */
  advance(account: string, holder: string, cursor: string): Promise<boolean>;
  /** Lets go of an account, so that another observer need not wait. */
  release(account: string, holder: string): Promise<void>;
}
