import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Words of the command line that cannot be used, and where to read which can. It ends with exit code 2, as nothing was tried. */
export class UsageError extends TypeError {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** What {@link parseArgs} makes of words. @throws UsageError for an option that does not exist, or lacks its value */
export function parseWords<const T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const { message } = error as Error;
    const [, unknown] = /^Unknown option '([^']+)'/.exec(message) ?? [];
    const [, word] = /^Unexpected argument '([^']+)'/.exec(message) ?? [];
    if (unknown !== undefined) throw new UsageError(`there is no option '${unknown}'`);
    if (word !== undefined) throw new UsageError(`'${word}': expected no such word`);
    throw new UsageError(message);
  }
}

/** What a command does for one of its words, found by it. @throws UsageError naming the words there are */
export function actOf<T>(acts: Readonly<Record<string, T>>, word: string | undefined): T {
  const known = Object.keys(acts).join(', ');
  if (word === undefined) throw new UsageError(`expected one of ${known}`);
  if (!Object.hasOwn(acts, word)) throw new UsageError(`'${word}': expected one of ${known}`);
  return acts[word] as T;
}

/** @throws UsageError when there is a word too many */
export function expectNoMore(words: readonly string[]): void {
  if (words.length > 0) throw new UsageError(`'${words.join(' ')}': expected no such word`);
}
