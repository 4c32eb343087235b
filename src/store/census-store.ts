/** How many standings of a type are in a state. */
export interface StateCount {
  readonly type: string;
  readonly state: string;
  readonly count: number;
}

/** Those who wait for a person, counted up to a limit: what is beyond it would cost too much to know and says no more. */
export interface Waiting {
  readonly count: number;
  /** For each bound, how many have waited since then or longer. */
  readonly since: readonly number[];
  readonly oldestAt: Date | undefined;
  readonly claimed: number;
  readonly escalated: number;
  readonly proposed: number;
}

/** How many customers stand where. Nothing of it looks at more than a slice of a table at once. */
export interface CensusStore {
  /** Counts the standings of customers whose id is from `fromId` on and below `toId`, where that is given. */
  countSlice(fromId: string, toId: string | undefined): Promise<readonly StateCount[]>;
  /** Counts no more than `limit` of each. */
  countWaiting(bounds: readonly Date[], limit: number, now: Date): Promise<Waiting>;
}
