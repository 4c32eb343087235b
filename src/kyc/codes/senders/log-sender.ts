import type { Logger } from '../../../lib/log.ts';
import type { CodeChannel } from '../destination.ts';
import type { CodeMessage, CodeSender } from './code-sender.ts';

/** Writes codes to the log in place of sending them, so that one can try everything without an account anywhere. */
export class LogSender implements CodeSender {
  readonly channel: CodeChannel;
  readonly #log: Logger;

  /** @throws TypeError outside local mode: whoever reads the log could confirm what is not theirs */
  constructor(channel: CodeChannel, { log, localMode }: { readonly log: Logger; readonly localMode: boolean }) {
    if (!localMode) throw new TypeError('codes are written to the log in local mode only');
    this.channel = channel;
    this.#log = log;
  }

  async send({ customerId, field, code }: CodeMessage): Promise<void> {
    this.#log.warn({ customer: customerId, field, code }, 'local mode: a confirmation code, as it would be sent');
  }
}
