import type { Language } from '../messages/languages.ts';
import type { PlainKey } from '../messages/phrase.ts';
import { translate } from '../messages/translate.ts';
import type { Html } from './html.ts';

/** What every page of the door has in common. */
export interface PageSettings {
  /** Where the public URL begins, without its path. */
  readonly origin: string;
  /** The path of the public URL, '' for most. */
  readonly basePath: string;
  readonly appName: string;
  /** The anchor's colour, `#rrggbb`. */
  readonly brandColor: string;
  /** An e-mail address or an https URL. */
  readonly supportContact: string | undefined;
  /** The largest file that is taken, in bytes. */
  readonly fileBytes: number;
  /** What the customer must agree to before data is sent. */
  readonly consent: PageConsent | undefined;
}

/** A consent by its version, and its text by language tag. */
export interface PageConsent {
  readonly version: string;
  readonly textIn: (lang: string) => string;
}

/** A page, to be put into the common frame. */
export interface PageContent {
  readonly status: number;
  readonly lang: Language;
  readonly heading: string;
  readonly body: Html;
  /** Set while the page is to look after changes: what it shows now. */
  readonly state?: string;
  /** Whom and what that is about. */
  readonly visit?: string;
  /** Whether there is a session to be left, and the token of its forms. */
  readonly formToken?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Says plain messages in one language. */
export type Say = (key: PlainKey) => string;

export function sayIn(lang: Language): Say {
  return (key) => translate({ key }, lang);
}
