import type { AuditActor } from './audit-store.ts';

/** `invited`: has not signed up yet; `disabled`: may not sign in. */
export const operatorStates = ['invited', 'active', 'disabled'] as const;

/** @see operatorStates */
export type OperatorState = (typeof operatorStates)[number];

/** Somebody who may sign in to the console. */
export interface OperatorRecord {
  readonly id: string;
  /** Unique, whatever its case. */
  readonly name: string;
  readonly role: string;
  readonly state: OperatorState;
  /** What the password is checked by; undefined for somebody who has none. */
  readonly password: string | undefined;
  /** What the secret of the second factor is made from, with a key that is not in the database; undefined where there is none. */
  readonly totpSalt: string | undefined;
  /** Who they are for the single sign-on, undefined where they do not use it. */
  readonly subject: string | undefined;
  readonly createdAt: Date;
}

/** How somebody proves from now on who they are. What is left out stays. */
export interface Credentials {
  readonly password?: string | undefined;
  readonly totpSalt?: string | undefined;
  /** The step of the code that showed it, which is used by that. */
  readonly totpStep?: number | undefined;
  readonly subject?: string | undefined;
}

/** A session, as far as it is told. */
export interface SessionRecord {
  /** Names it, and opens nothing. */
  readonly publicId: string;
  readonly createdAt: Date;
  readonly seenAt: Date;
  /** How its holder signed in. */
  readonly by: string;
}

/** A passkey, as far as the server knows it. */
export interface PasskeyRecord {
  readonly id: string;
  readonly operatorId: string;
  readonly publicKey: Uint8Array;
  /** How often it was used, as it says; 0 for one that does not count. */
  readonly counter: number;
  readonly label: string;
  readonly createdAt: Date;
}

/** What an administrator changes about somebody. */
export type OperatorChange = { readonly role: string } | { readonly state: 'active' | 'disabled' };

/** `last`: nobody would be left who could undo it. */
export type OperatorOutcome = 'stored' | 'unknown' | 'last';

/** Whoever may sign in to the console. Tokens come as hashes. */
export interface OperatorStore {
  list(): Promise<readonly OperatorRecord[]>;
  find(id: string): Promise<OperatorRecord | undefined>;
  findByName(name: string): Promise<OperatorRecord | undefined>;
  findBySubject(subject: string): Promise<OperatorRecord | undefined>;
  /** Adds somebody who is yet to sign up; false when somebody goes by that name. */
  invite(
    operator: { readonly id: string; readonly name: string; readonly role: string },
    link: Invitation,
    by: AuditActor,
  ): Promise<boolean>;
  /** Another link for somebody, in place of every earlier one. False when there is no such operator. */
  inviteAgain(operatorId: string, link: Invitation, by: AuditActor): Promise<boolean>;
  findInvited(tokenHash: string, now: Date): Promise<OperatorRecord | undefined>;
  /**
   * Takes up an invitation: earlier credentials, sessions and passkeys end with it. False when it is gone, or its holder was disabled.
   */
  accept(tokenHash: string, credentials: Credentials, now: Date): Promise<boolean>;
  setPassword(operatorId: string, password: string): Promise<void>;
  /** Changes role or state. Whoever is disabled has no session any more. */
  change(operatorId: string, change: OperatorChange, by: AuditActor): Promise<OperatorOutcome>;
}

/** How operators sign in, and the sessions that come of it. Tokens come as hashes. */
export interface SignInStore {
  /** Counts an attempt before it is judged; answers until when none is taken any more, if so, and then counts nothing. */
  countAttempt(bucket: string, now: Date): Promise<Date | undefined>;
  /** Writes down that an attempt failed, with the lock-out that it led to, if it did. `operator` is the name of somebody there is, never what was typed. */
  noteRefusal(refusal: Refusal, now: Date): Promise<void>;
  forgetAttempts(bucket: string): Promise<void>;
  /** Marks the step of a second factor's code as used; false when it, or a later one, was. */
  useTotpStep(operatorId: string, step: number): Promise<boolean>;
  openSession(operatorId: string, tokenHash: string, session: SessionRecord): Promise<void>;
  /** A session and whose it is; undefined unless that operator is active. */
  findSession(
    tokenHash: string,
  ): Promise<{ readonly session: SessionRecord; readonly operator: OperatorRecord } | undefined>;
  touchSession(tokenHash: string, now: Date): Promise<void>;
  closeSession(tokenHash: string): Promise<void>;
  listSessions(operatorId: string): Promise<readonly SessionRecord[]>;
  /** Ends sessions: the one of that public id, or without one all but the kept one. */
  endSessions(
    operatorId: string,
    which: { readonly publicId: string } | { readonly exceptHash: string },
  ): Promise<void>;
  /** Forgets sessions that began or were last used before. */
  forgetSessions(begunBefore: Date, usedBefore: Date): Promise<void>;
  listPasskeys(operatorId: string): Promise<readonly PasskeyRecord[]>;
  findPasskey(id: string): Promise<PasskeyRecord | undefined>;
  /** False when that passkey is known already. */
  addPasskey(passkey: PasskeyRecord): Promise<boolean>;
  /** False when it was used at that count already. */
  usePasskey(id: string, counter: number): Promise<boolean>;
  removePasskey(operatorId: string, id: string): Promise<void>;
}

/** An attempt to sign in that failed. */
export interface Refusal {
  readonly operator: string;
  /** By which way it was tried. */
  readonly by: string;
  /** Under which attempts of that way are counted, if they are. */
  readonly bucket?: string;
}

/** A link that lets its holder say how they will sign in. */
export interface Invitation {
  readonly tokenHash: string;
  readonly expiresAt: Date;
}
