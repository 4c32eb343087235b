import { aboutText, chainHash, firstHash } from '../store/audit-chain.ts';
import type { AuditLine, AuditStore, SealedLine, SignedHead } from '../store/audit-store.ts';
import { isSigned } from './signed-head.ts';

/** The first thing that is not as it must be. */
export interface Breach {
  readonly kind: /** There is no line in this place. */
    | 'missing'
    /** The line in this place is not the one that was sealed there: it was altered, or belongs elsewhere. */
    | 'altered'
    /** A signed head says that the chain had another hash in this place. */
    | 'rewritten'
    /** A signed head says that the chain got this far; it ends before. */
    | 'cut'
    /** A head in this place is not signed by whom it says, or by nobody who may. */
    | 'forged-head'
    /** Lines have waited for their place for too long. */
    | 'unsealed';
  /** The place in the chain; for `unsealed`, how many lines wait. */
  readonly seq: number;
}

/** What was verified. */
export interface Verdict {
  /** How many lines were looked at. */
  readonly lines: number;
  /** How many signed heads the chain was held to. */
  readonly heads: number;
  /** Who signed them. */
  readonly accounts: readonly string[];
  readonly breach: Breach | undefined;
}

/** What to verify by. */
export interface Verifying {
  readonly audit: AuditStore;
  /** Heads that were kept elsewhere; those in the database are taken as well. */
  readonly heads?: readonly SignedHead[];
  /** Who may sign; undefined for whoever did. */
  readonly accounts?: ReadonlySet<string> | undefined;
  /** Begins behind this head, which is trusted with all that was before. */
  readonly from?: SignedHead | undefined;
  /** Lines that have waited since before then are too late. */
  readonly unsealedBefore: Date;
  readonly onProgress?: (lines: number) => void;
}

const linesAtOnce = 2000;
const headsAtOnce = 1000;

/** Recomputes the chain and holds it to every signed head. Reads some lines at a time; a server may write meanwhile. */
export async function verifyTrail(verifying: Verifying): Promise<Verdict> {
  const { audit, from, accounts } = verifying;
  const known = [...(await headsOf(audit)), ...(verifying.heads ?? []), ...(from ? [from] : [])];
  const heads = known.sort((one, other) => one.seq - other.seq);
  const forged = heads.find((head) => !isSigned(head) || accounts?.has(head.account) === false);
  const signers = [...new Set(heads.map(({ account }) => account))];
  const verdict = { heads: heads.length, accounts: signers };
  if (forged !== undefined) return { ...verdict, lines: 0, breach: { kind: 'forged-head', seq: forged.seq } };
  // From there on nothing stands on what was before; what the head says must stand in its place all the same.
  if (from !== undefined && !(await isInPlace(audit, from)))
    return { ...verdict, lines: 0, breach: { kind: 'rewritten', seq: from.seq } };
  const walked = await walk(verifying, heads);
  return { ...verdict, lines: walked.lines, breach: walked.breach ?? (await late(verifying)) };
}

async function isInPlace(audit: AuditStore, { seq, hash }: SignedHead): Promise<boolean> {
  const [line] = await audit.listSealed(seq - 1, 1);
  return line !== undefined && line.seq === seq && isSame(line.hash, hash);
}

async function headsOf(audit: AuditStore): Promise<readonly SignedHead[]> {
  const heads: SignedHead[] = [];
  for (;;) {
    const more = await audit.listHeads(heads.at(-1)?.seq ?? -1, headsAtOnce);
    heads.push(...more);
    if (more.length < headsAtOnce) return heads;
  }
}

async function walk(
  { audit, from, onProgress }: Verifying,
  heads: readonly SignedHead[],
): Promise<Pick<Verdict, 'lines' | 'breach'>> {
  let { seq, hash } = from ?? { seq: 0, hash: firstHash };
  let lines = 0;
  const due = Map.groupBy(heads, (head) => head.seq);
  for (;;) {
    const batch = await audit.listSealed(seq, linesAtOnce);
    for (const line of batch) {
      const kind = faultOf(line, seq + 1, hash) ?? againstHeads(line, due);
      if (kind !== undefined) return { lines, breach: { kind, seq: seq + 1 } };
      ({ seq, hash } = line);
      lines++;
    }
    onProgress?.(lines);
    if (batch.length < linesAtOnce) break;
  }
  const beyond = heads.find((head) => head.seq > seq);
  return { lines, breach: beyond && { kind: 'cut', seq: beyond.seq } };
}

function faultOf(line: SealedLine, seq: number, before: Uint8Array): 'missing' | 'altered' | undefined {
  if (line.seq !== seq) return line.seq > seq ? 'missing' : 'altered';
  try {
    const isCanonical = line.about === null || aboutText(JSON.parse(line.about) as AuditLine['about']) === line.about;
    return isCanonical && isSame(chainHash(before, seq, line), line.hash) ? undefined : 'altered';
  } catch {
    // What cannot even be read was not written here.
    return 'altered';
  }
}

function againstHeads({ seq, hash }: SealedLine, due: Map<number, SignedHead[]>): 'rewritten' | undefined {
  const isRewritten = due.get(seq)?.some((head) => !isSame(head.hash, hash)) ?? false;
  return isRewritten ? 'rewritten' : undefined;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.from(one).equals(Buffer.from(other));
}

async function late({ audit, unsealedBefore }: Verifying): Promise<Breach | undefined> {
  const { count, oldestAt } = await audit.findUnsealed();
  return oldestAt !== undefined && oldestAt < unsealedBefore ? { kind: 'unsealed', seq: count } : undefined;
}
