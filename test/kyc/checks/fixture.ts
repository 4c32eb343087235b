import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { CheckFile, CheckKind, CheckResult, CheckServices } from '../../../src/kyc/checks/check.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { findField } from '../../../src/sep9/catalogue.ts';

/** Services of which a check needs none, but for the formats of SEP-9. */
export const services: CheckServices = {
  fetch: () => Promise.reject(new Error('this check asks nobody')),
  secret: () => undefined,
  clock: systemClock,
  log: silentLogger,
  findDuplicates: async () => [],
  formatsOf: (key) => {
    const field = findField(key);
    return field === undefined ? [] : [field];
  },
};

export interface Given {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly values?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, CheckFile>>;
  /** A day, or an instant. */
  readonly now?: string;
  readonly services?: Partial<CheckServices>;
  readonly signal?: AbortSignal;
}

/** One run of a check of that kind; its settings must be without fault. */
export async function runCheck(kind: CheckKind, given: Given = {}): Promise<CheckResult> {
  const settings = given.settings ?? {};
  const faults = kind.faultsOf(settings);
  if (faults.length > 0) throw new TypeError(faults.join('; '));
  const check = kind.open(settings, { ...services, ...given.services });
  const input = {
    customerId: 'customer-1',
    values: new Map(Object.entries(given.values ?? {})),
    files: new Map(Object.entries(given.files ?? {})),
    reference: undefined,
  };
  const signal = given.signal ?? AbortSignal.timeout(60_000);
  return check.run(input, { signal, now: new Date(given.now ?? '2026-06-15T12:00:00Z') });
}

/** A file as a check sees it, in pieces of 64 kB or other; the buffer of a piece is overwritten when the next but one is read. */
export function checkFile(bytes: Uint8Array, contentType: string, pieceBytes = 65_536): CheckFile {
  return {
    contentType,
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    async *open() {
      const turns = [Buffer.alloc(pieceBytes), Buffer.alloc(pieceBytes)] as const;
      for (let at = 0, turn = 0; at < bytes.length; at += pieceBytes, turn++) {
        const piece = turns[turn % 2 === 0 ? 0 : 1];
        const part = bytes.subarray(at, at + pieceBytes);
        piece.set(part);
        await delay(0);
        yield piece.subarray(0, part.length);
      }
    },
  };
}
