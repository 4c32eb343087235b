import type { CheckResult } from '../../src/kyc/checks/check.ts';
import type { ProgramDefinition } from '../../src/kyc/program.ts';
import type { StandingState } from '../../src/kyc/states.ts';
import { type Asked, askedOf } from './deciding-asked.ts';

const dayMs = 86_400_000;

/** What a finding is of that is nobody's check's. */
const everyCheck = '*';

/** A value as it was given once; the same text given again is another one. */
interface Given {
  readonly text: string;
  confirmed: boolean;
  isOld: boolean;
  ruled: boolean | undefined;
  /** What checks had found wrong when a person accepted it all the same. */
  over: readonly Word[];
}

/** Something that a check said once. */
interface Word {
  readonly check: string;
  /** The values it looked at. */
  readonly of: ReadonlySet<Given>;
  readonly settings: string;
  readonly result: Exclude<CheckResult, { outcome: 'pending' }>;
  readonly at: number;
}

interface Ruling {
  readonly outcome: 'accepted' | 'rejected' | 'reopened';
  readonly at: number;
  readonly covers: ReadonlyMap<string, Given>;
  readonly seen: ReadonlySet<Word>;
}

/** What the model expects an answer to say. */
export interface Expected {
  readonly state: StandingState;
  /** Names of fields that are asked for. */
  readonly fields: readonly string[];
  readonly provided: Readonly<Record<string, string>>;
}

/**
 * What ought to be true of one customer, as the documentation has it and as simply as it can be said: every fact is kept, and the answer is
 * worked out from all of them each time. It knows the conditions, kinds and types that the test's programs have, and no others.
 */
export class DecidingModel {
  program: ProgramDefinition;
  now: number;
  readonly held = new Map<string, Given>();
  #words: Word[] = [];
  readonly #refused = new Map<string, Set<Given>>();
  readonly #rulings = new Map<string, Ruling>();
  /** By type and transaction: why. */
  readonly #rejected = new Map<string, string>();
  readonly #acceptedAt = new Map<string, number>();
  /** What somebody asked about, by type and transaction, with the amount. */
  readonly open = new Map<string, string | undefined>();

  constructor(program: ProgramDefinition, now: number) {
    this.program = program;
    this.now = now;
  }

  /** What is remembered of a person who was erased: a rejection, or a finding that nobody has settled. For five years, longer than any test. */
  readonly #remembered: Pick<Word['result'] & { reason: string }, 'outcome' | 'reason'>[] = [];
  #isRegistered = false;

  /** As if the customer had never been, but for what an erasure does not wash off. */
  erase(): void {
    this.settle();
    const isMarked = (reason: string): boolean => reason === 'sanctions' || reason === 'suspected-fraud';
    const rejected = [...this.#rejected.values()].find(isMarked);
    const found = Object.keys(this.program.types)
      .flatMap((type) => this.#hits(type, this.#asked(type, undefined)))
      .find(isMarked);
    const reopened = [...this.#rulings.values()]
      .flatMap(({ outcome, seen }) => (outcome === 'reopened' ? [...seen] : []))
      .flatMap(({ result }) => (result.outcome === 'fail' ? [result.reason] : []))
      .find(isMarked);
    const looked = found ?? reopened;
    if (rejected !== undefined) this.#remembered.push({ outcome: 'fail', reason: rejected });
    else if (looked !== undefined) this.#remembered.push({ outcome: 'review', reason: looked });
    this.#isRegistered = false;
    this.#reset();
  }

  /** Whoever comes back finds what is remembered of them, for every type there is. */
  #register(): void {
    if (this.#isRegistered) return;
    this.#isRegistered = true;
    for (const { outcome, reason } of this.#remembered) {
      const result: Word['result'] =
        outcome === 'fail' ? { outcome, reason, final: true } : { outcome: 'review', reason };
      this.#words.push({ check: everyCheck, of: new Set(), settings: '', result, at: this.now });
    }
  }

  #reset(): void {
    this.#words = [];
    for (const known of [this.held, this.#refused, this.#rulings, this.#rejected, this.#acceptedAt, this.open])
      known.clear();
  }

  give(fields: Readonly<Record<string, string>>): void {
    this.#register();
    const given = Object.entries(fields).filter(
      ([name, text]) => this.held.get(name)?.text !== text || this.#isOfNextDocument(name, fields),
    );
    for (const [name, text] of given) {
      if (text === '') this.held.delete(name);
      else this.held.set(name, { text, confirmed: false, isOld: false, ruled: undefined, over: [] });
    }
  }

  /** The next document may have the number of the last one, if its date is there. */
  #isOfNextDocument(name: string, fields: Readonly<Record<string, string>>): boolean {
    if (this.held.get(name)?.isOld !== true) return false;
    return Object.entries(this.program.expiry?.documents ?? {}).some(([date, dated]) => {
      const known = this.held.get(date);
      const isNew = Boolean(fields[date]) && fields[date] !== known?.text;
      return dated.includes(name) && (isNew || known?.isOld === false);
    });
  }

  ruleField(name: string, isAccepted: boolean): void {
    const given = this.held.get(name);
    if (given === undefined) return;
    given.ruled = isAccepted;
    given.over = isAccepted ? this.#failures() : [];
    if (!isAccepted) this.#refuse(name, given);
  }

  ruleType(type: string, outcome: Ruling['outcome']): void {
    const seen = this.#seenBy(type, outcome);
    this.#rulings.set(type, { outcome, at: this.now, covers: new Map(this.held), seen });
    if (outcome === 'rejected') return;
    this.#refused.clear();
    for (const key of this.open.keys()) if (typeOf(key) === type) this.#rejected.delete(key);
  }

  /** Who accepts passes over what is to be looked at, never over what failed; who reopens pardons what was final. */
  #seenBy(type: string, outcome: Ruling['outcome']): ReadonlySet<Word> {
    const earlier = [...(this.#rulings.get(type)?.seen ?? [])];
    const isFinal = ({ result }: Word): boolean => result.outcome === 'fail' && result.final === true;
    if (outcome === 'reopened') return new Set(this.#words.filter(isFinal));
    if (outcome === 'rejected') return new Set(earlier.filter(isFinal));
    return new Set([...earlier, ...this.#words.filter(({ result }) => result.outcome !== 'fail')]);
  }

  /** A check spoke of what is held now. */
  hear(check: string, result: Word['result']): void {
    const of = this.#inputs(check);
    this.#words.push({ check, of: new Set(of.values()), settings: this.#settings(check), result, at: this.now });
    if (result.outcome !== 'fail' || result.final) return;
    for (const name of result.fields ?? of.keys()) {
      const given = of.get(name);
      if (given) this.#refuse(name, given);
    }
  }

  /** Everything that is there when a document has expired is old from then on. To be called before anything else happens. */
  notice(): void {
    for (const [date, dated] of Object.entries(this.program.expiry?.documents ?? {})) {
      if (!this.#hasExpired(date)) continue;
      for (const name of [date, ...dated]) {
        const given = this.held.get(name);
        if (given) given.isOld = true;
      }
    }
  }

  /** Where every standing is after something happened, which is remembered of rejections and acceptances alone. */
  settle(): void {
    for (const key of this.open.keys()) {
      if (this.program.types[typeOf(key)] === undefined) this.#forget(key);
      else this.#remember(key, this.expect(key).state);
    }
  }

  /** What an answer for a type and transaction must say. Looking opens a standing, unless data are missing. */
  look(key: string, amount?: string): Expected {
    const expected = this.expect(key, amount);
    if (expected.state !== 'needs-data' && !this.open.has(key)) this.open.set(key, amount);
    if (this.open.has(key)) this.#remember(key, expected.state);
    return expected;
  }

  expect(key: string, amount = this.open.get(key)): Expected {
    const type = typeOf(key);
    const asked = this.#asked(type, amount);
    const names = [...asked.required.keys()];
    const has = names.filter((name) => this.held.has(name));
    const refused = has.filter((name) => this.#isRefused(type, asked, name));
    const unconfirmed = has.filter((name) => this.#isUnconfirmed(name) && !refused.includes(name));
    const [state, unsettled] = this.#stateOf(key, asked, refused, unconfirmed);
    if (state === 'rejected') return { state, fields: [], provided: {} };
    const awaits = this.#awaitsPerson(type, asked);
    const statusOf = (name: string): string => {
      if (refused.includes(name)) return 'REJECTED';
      if (unconfirmed.includes(name)) return 'VERIFICATION_REQUIRED';
      return awaits || unsettled.has(name) ? 'PROCESSING' : 'ACCEPTED';
    };
    const provided = Object.fromEntries(has.map((name) => [name, statusOf(name)]));
    const isWaiting = state === 'checking' || state === 'in-review';
    if (isWaiting && !Object.values(provided).includes('PROCESSING'))
      for (const name of has) provided[name] = 'PROCESSING';
    const fields = names.filter((name) => !has.includes(name) || refused.includes(name));
    return { state, fields, provided };
  }

  /** Checks of what is open that should have been run by now. */
  unfinished(): string[] {
    return [...this.open].flatMap(([key, amount]) => {
      const { state } = this.expect(key);
      if (state !== 'checking') return [];
      return this.#asked(typeOf(key), amount).checks.filter((check) => this.#isUnfinished(check));
    });
  }

  #stateOf(
    key: string,
    asked: Asked,
    refused: readonly string[],
    unconfirmed: readonly string[],
  ): [StandingState, ReadonlySet<string>] {
    const type = typeOf(key);
    const running = asked.checks.filter((check) => this.#isUnfinished(check));
    const found = asked.checks.filter(
      (check) => this.#isToBeLookedAt(type, asked, check) && !this.#isCleared(type, check),
    );
    const unsettled = new Set([...running, ...found].flatMap((check) => [...this.#inputs(check).keys()]));
    const isMissing = [...asked.required].some(([name, isRequired]) => isRequired && !this.held.has(name));
    const isSent = (name: string): boolean => !this.#isOld(name) || this.held.get(name)?.ruled === false;
    const mustLook = found.length > 0 || this.#hits(type, asked).length > 0 || this.#awaitsPerson(type, asked);
    const states: readonly (readonly [boolean, StandingState])[] = [
      [this.#whyRejected(key, asked) !== undefined, 'rejected'],
      [refused.some(isSent), 'resubmission-asked'],
      [refused.length > 0, 'expired'],
      [isMissing, 'needs-data'],
      [unconfirmed.length > 0, 'needs-verification'],
      [running.length > 0, 'checking'],
      [mustLook || this.#isDueForReview(key), 'in-review'],
    ];
    return [states.find(([applies]) => applies)?.[1] ?? 'accepted', unsettled];
  }

  /** What is unclear, what was found for good and pardoned, and what failed for nothing that could be sent again. */
  #isToBeLookedAt(type: string, asked: Asked, check: string): boolean {
    const word = this.#word(check);
    if (word === undefined || word.result.outcome === 'pass') return false;
    if (word.result.outcome === 'review' || this.#isPardoned(type, word)) return true;
    const atFault = word.result.fields ?? [...this.#inputs(check).keys()];
    const open = atFault.filter((name) => !this.#isOverruled(name, word));
    return (
      !open.some((name) => asked.required.has(name) && this.held.has(name)) && (open.length > 0 || atFault.length === 0)
    );
  }

  #isOverruled(name: string, word: Word): boolean {
    const given = this.held.get(name);
    return given?.ruled === true && given.over.some((other) => isSameFailure(other, word));
  }

  #isPardoned(type: string, word: Word): boolean {
    const isFinal = word.result.outcome === 'fail' && word.result.final === true;
    return isFinal && this.#rulings.get(type)?.seen.has(word) === true;
  }

  #whyRejected(key: string, { ever }: Asked): string | undefined {
    const ruling = this.#rulings.get(typeOf(key));
    if (ruling?.outcome === 'rejected') return 'not-eligible';
    const final = this.#words.find(
      (word) =>
        word.result.outcome === 'fail' &&
        word.result.final === true &&
        [everyCheck, ...ever.checks].includes(word.check) &&
        !ruling?.seen.has(word),
    );
    if (final?.result.outcome === 'fail') return final.result.reason;
    const max = this.program.review?.maxResubmissions ?? 9;
    if (ever.fields.some((name) => (this.#refused.get(name)?.size ?? 0) > max)) return 'resubmissions-exhausted';
    return this.#rejected.get(key);
  }

  #hits(type: string, { ever }: Asked): string[] {
    const ruling = this.#rulings.get(type);
    const lasts = (check: string): boolean =>
      check === everyCheck || ['two', 'lasting'].includes(this.program.checks?.[check]?.use ?? '');
    return this.#words.flatMap((word) =>
      word.result.outcome === 'review' &&
      lasts(word.check) &&
      [everyCheck, ...ever.checks].includes(word.check) &&
      !(ruling?.outcome === 'accepted' && this.#hasSeen(ruling, word))
        ? [word.result.reason]
        : [],
    );
  }

  #isRefused(type: string, asked: Asked, name: string): boolean {
    const given = this.held.get(name);
    if (given?.ruled === false || this.#isOld(name)) return true;
    return asked.checks.some((check) => {
      const word = this.#word(check);
      if (word?.result.outcome !== 'fail' || this.#isPardoned(type, word)) return false;
      if (this.#isOverruled(name, word)) return false;
      return (word.result.fields ?? [...this.#inputs(check).keys()]).includes(name);
    });
  }

  /** What checks last said of what is held, by whatever settings, where it was no good. */
  #failures(): Word[] {
    return Object.keys(this.program.checks ?? {}).flatMap((check) => {
      const of = new Set(this.#inputs(check).values());
      const last = this.#words.findLast((word) => word.check === check && isSameSet(word.of, of));
      return last?.result.outcome === 'fail' ? [last] : [];
    });
  }

  #isOld(name: string): boolean {
    const isDated = Object.entries(this.program.expiry?.documents ?? {}).some(
      ([date, dated]) => (name === date || dated.includes(name)) && this.#hasExpired(date),
    );
    return this.held.get(name)?.isOld === true || isDated;
  }

  /** A document is good until its day is over everywhere. One that was noticed to have expired does so once. */
  #hasExpired(date: string): boolean {
    const given = this.held.get(date);
    return given !== undefined && !given.isOld && Date.parse(given.text) + 1.5 * dayMs <= this.now;
  }

  #isUnconfirmed(name: string): boolean {
    const isVerified = Object.values(this.program.types).some((type) => type.fields?.[name]?.verify);
    return isVerified && this.held.get(name)?.confirmed === false;
  }

  #awaitsPerson(type: string, asked: Asked): boolean {
    const ruling = this.#rulings.get(type);
    if (ruling?.outcome === 'reopened') return true;
    if (!asked.review) return false;
    return (
      ruling?.outcome !== 'accepted' ||
      [...asked.required.keys()].some((name) => this.held.get(name) !== ruling.covers.get(name))
    );
  }

  #isDueForReview(key: string): boolean {
    const months = this.program.expiry?.reviewMonths?.low;
    const ruling = this.#rulings.get(typeOf(key));
    const from = Math.max(
      this.#acceptedAt.get(key) ?? 0,
      ruling === undefined || ruling.outcome === 'rejected' ? 0 : ruling.at,
    );
    if (months === undefined || from === 0) return false;
    const day = new Date(from);
    return day.setUTCMonth(day.getUTCMonth() + months) <= this.now;
  }

  /** What the check last said of just what is held, by the settings of today. */
  #word(check: string): Word | undefined {
    const of = new Set(this.#inputs(check).values());
    // The last word of these values counts: what was said by the present settings before it was said by others is not known any more.
    const last = this.#words.findLast((word) => word.check === check && isSameSet(word.of, of));
    return last?.settings === this.#settings(check) ? last : undefined;
  }

  #isUnfinished(check: string): boolean {
    if (this.#inputs(check).size === 0) return false;
    const word = this.#word(check);
    const isDaily = this.program.checks?.[check]?.again === 'daily';
    return word === undefined || (isDaily && word.at + 3 * dayMs <= this.now);
  }

  #isCleared(type: string, check: string): boolean {
    const [ruling, word] = [this.#rulings.get(type), this.#word(check)];
    return ruling?.outcome === 'accepted' && word !== undefined && this.#hasSeen(ruling, word);
  }

  /** A finding with a name has been seen when one of that name and of the same values has. */
  #hasSeen({ seen }: Ruling, word: Word): boolean {
    const nameOf = ({ check, result }: Word): string | undefined =>
      result.outcome === 'review' && result.finding ? `${check} ${result.finding}` : undefined;
    const isSame = (other: Word): boolean =>
      nameOf(word) !== undefined && nameOf(other) === nameOf(word) && isSameSet(other.of, word.of);
    return seen.has(word) || [...seen].some(isSame);
  }

  #inputs(check: string): Map<string, Given> {
    const names = this.program.checks?.[check]?.fields ?? [];
    return new Map(names.flatMap((name) => (this.held.has(name) ? [[name, this.held.get(name) as Given]] : [])));
  }

  #settings(check: string): string {
    return JSON.stringify(this.program.checks?.[check]?.settings ?? {});
  }

  #asked(type: string, amount: string | undefined): Asked {
    return askedOf(this.program, type, { amount, text: (name) => this.held.get(name)?.text });
  }

  #refuse(name: string, given: Given): void {
    this.#refused.set(name, (this.#refused.get(name) ?? new Set()).add(given));
  }

  #remember(key: string, state: StandingState): void {
    if (state === 'rejected')
      this.#rejected.set(key, this.#whyRejected(key, this.#asked(typeOf(key), this.open.get(key))) ?? '');
    if (state === 'accepted' && !this.#acceptedAt.has(key)) this.#acceptedAt.set(key, this.now);
  }

  #forget(key: string): void {
    this.open.delete(key);
    this.#rejected.delete(key);
    this.#acceptedAt.delete(key);
  }
}

function isSameSet(one: ReadonlySet<Given>, other: ReadonlySet<Given>): boolean {
  return one.size === other.size && [...one].every((given) => other.has(given));
}

/** Found again, a failure is the same if it is of the same values, by the same settings, and for the same reason. */
function isSameFailure(one: Word, other: Word): boolean {
  const reasonOf = ({ result }: Word): string | undefined => (result.outcome === 'fail' ? result.reason : undefined);
  const isAlike = one.check === other.check && one.settings === other.settings && reasonOf(one) === reasonOf(other);
  return isAlike && isSameSet(one.of, other.of);
}

function typeOf(key: string): string {
  return key.split(' ')[0] ?? key;
}
