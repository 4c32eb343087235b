import type { en } from './catalogues/en.ts';

/** The name of a message. */
export type MessageKey = keyof typeof en;

/** The messages of one language: as many as English has, each with the same parameters. */
export type Catalogue = Readonly<Record<MessageKey, string>>;

type ParamName<Pattern extends string> = Pattern extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamName<Rest>
  : never;

type ParamOf<Key extends MessageKey> = ParamName<(typeof en)[Key]>;

/** The messages that are said as they stand. */
export type PlainKey = { [Key in MessageKey]: [ParamOf<Key>] extends [never] ? Key : never }[MessageKey];

/** Something to be said in whatever language is asked for: which message, and what to put into it. */
export type Phrase =
  | { readonly key: PlainKey; readonly params?: undefined }
  | {
      [Key in Exclude<MessageKey, PlainKey>]: {
        readonly key: Key;
        readonly params: Readonly<Record<ParamOf<Key>, PhraseParam>>;
      };
    }[Exclude<MessageKey, PlainKey>];

/** What is put into a message: a name, a code or a number, the same in every language, or another message. */
export type PhraseParam = string | number | Phrase;
