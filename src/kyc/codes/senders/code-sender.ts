import type { CodeChannel } from '../destination.ts';

/** A code on its way to its customer. */
export interface CodeMessage {
  /** An e-mail address, or a phone number in E.164. */
  readonly to: string;
  readonly code: string;
  /** The language it is to be read in (BCP 47). */
  readonly lang: string;
  /** How long the code is good. */
  readonly minutes: number;
  /** Who sends it, as the customer knows them. */
  readonly appName: string;
  /** Whose code it is, for whoever keeps books. Not for the message. */
  readonly customerId: string;
  /** The field it confirms. */
  readonly field: string;
}

/** The port by which codes reach people. */
export interface CodeSender {
  readonly channel: CodeChannel;
  /**
   * Hands the message over to whoever delivers it.
   * @throws CodeNotSent saying whether it is worth trying again; anything else thrown counts as worth it
   */
  send(message: CodeMessage, signal: AbortSignal): Promise<void>;
}

/** A code was not handed over. `fault` is a word for the log, such as `smtp_550`: never an answer's text, which may quote the address. */
export class CodeNotSent extends Error {
  readonly fault: string;
  /** Whether this address will never be written to. */
  readonly isFinal: boolean;

  constructor(fault: string, isFinal: boolean, options?: ErrorOptions) {
    super(`the code was not sent: ${fault}`, options);
    this.name = 'CodeNotSent';
    this.fault = fault;
    this.isFinal = isFinal;
  }
}
