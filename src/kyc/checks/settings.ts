/** Settings of a check, as the program has them. */
export type Settings = Readonly<Record<string, unknown>>;

/** What one setting must be. */
export interface SettingRule {
  /** Ends the sentence `settings.years: expected …`. */
  readonly expected: string;
  accepts(value: unknown): boolean;
}

/** A whole number of that range. */
export function wholeNumber(min: number, max: number): SettingRule {
  return {
    expected: `a whole number from ${min} to ${max}`,
    accepts: (value) => typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max,
  };
}

/** True or false. */
export const flag: SettingRule = { expected: 'true or false', accepts: (value) => typeof value === 'boolean' };

/** A text that is not blank. */
export function text(expected: string): SettingRule {
  return { expected, accepts: (value) => typeof value === 'string' && value.trim() !== '' };
}

/** One of these words. */
export function oneOf(words: readonly string[]): SettingRule {
  return { expected: `one of ${words.join(', ')}`, accepts: (value) => words.some((word) => word === value) };
}

/** A list of at least one of these words. */
export function someOf(words: readonly string[]): SettingRule {
  const { accepts } = oneOf(words);
  return {
    expected: `a list of some of ${words.join(', ')}`,
    accepts: (value) => Array.isArray(value) && value.length > 0 && value.every((word) => accepts(word)),
  };
}

/** What is wrong with settings by the rules of a kind, each with its place; a setting the kind does not know is a fault. */
export function settingFaults(settings: Settings, rules: Readonly<Record<string, SettingRule>>): readonly string[] {
  const known = Object.keys(rules);
  const unknown = `no such setting: ${known.length === 0 ? 'this check has none' : `there are ${known.join(', ')}`}`;
  return Object.entries(settings).flatMap(([name, value]) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) return [`settings.${name}: ${unknown}`];
    return value === undefined || rule.accepts(value) ? [] : [`settings.${name}: expected ${rule.expected}`];
  });
}

/** A setting that `faultsOf` found nothing wrong with, or what it is unless given. */
export function setting<T>(settings: Settings, name: string, unlessGiven: T): T {
  return (settings[name] ?? unlessGiven) as T;
}
