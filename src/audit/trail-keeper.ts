import { appendFile } from 'node:fs/promises';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Signer } from '../stellar/ed25519.ts';
import type { AuditStore } from '../store/audit-store.ts';
import { readHeadFile, writeHead } from './head-file.ts';
import { signHead } from './signed-head.ts';

/** What keeping the trail needs. */
export interface KeeperParts {
  readonly audit: AuditStore;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where signed heads are written down outside the database; appended to alone. */
  readonly headFile: string;
}

const dayMs = 24 * 60 * 60 * 1000;
/** So few that whoever asks or writes meanwhile hardly waits: it takes a millisecond or two of the thread that answers requests. */
const linesAtOnce = 32;

/** Gives lines their place in the chain and signs its head. Any number of processes may do so over one database. */
export class TrailKeeper {
  readonly #parts: KeeperParts;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** Seals some lines; answers how many if there may be more, else 0. */
  async sealSome(): Promise<number> {
    const count = await this.#parts.audit.seal(linesAtOnce);
    // What waits to be answered comes first.
    await new Promise((resolve) => setImmediate(resolve));
    return count < linesAtOnce ? 0 : count;
  }

  /** Seals all lines there are. */
  async sealAll(): Promise<void> {
    while ((await this.#parts.audit.seal(linesAtOnce)) > 0);
  }

  /** Signs the head once a day, and writes down what other processes have signed. Answers 0: there is nothing more to do at once. */
  async signDaily(): Promise<number> {
    const { audit, clock } = this.#parts;
    const last = await audit.findSignedHead();
    if (last === undefined || clock.now().getTime() - last.at.getTime() >= dayMs) await this.#sign();
    await this.#export();
    return 0;
  }

  /** Seals all lines there are and signs the head now, unless it is signed already. */
  async signNow(): Promise<void> {
    await this.sealAll();
    await this.#sign();
    await this.#export();
  }

  async #sign(): Promise<void> {
    const { audit, clock, signer, log } = this.#parts;
    const head = await audit.findHead();
    if (head === undefined || (await audit.findSignedHead())?.seq === head.seq) return;
    const signed = signHead(signer, head, clock.now());
    if (await audit.addHead(signed)) log.info({ head: writeHead(signed) }, 'the head of the audit trail was signed');
  }

  async #export(): Promise<void> {
    const { audit, headFile } = this.#parts;
    const known = (await readHeadFile(headFile)).at(-1)?.seq ?? -1;
    const heads = await audit.listHeads(known, 1000);
    if (heads.length > 0) await appendFile(headFile, `${heads.map(writeHead).join('\n')}\n`, { mode: 0o600 });
  }
}
