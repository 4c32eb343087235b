import isEmail from 'validator/lib/isEmail.js';
import type { OptionReader } from './option-reader.ts';

/** The settings of the customer page, checked and defaulted. */
export interface PageOptions {
  readonly isOn: boolean;
  readonly linkSeconds: number;
  readonly sessionSeconds: number;
  /** `#rrggbb` */
  readonly brandColor: string;
  readonly supportContact: string | undefined;
}

/** Choice: on where customers are kept here; an integration of the anchor's own may have a page of its own. */
export function readPageOptions(reader: OptionReader, hasOwnIntegration: boolean): PageOptions {
  return {
    isOn: reader.flag('customerPage') ?? !hasOwnIntegration,
    linkSeconds: reader.number('customerLinkTtl', 60, 604_800) ?? 900,
    sessionSeconds: reader.number('customerSessionTtl', 300, 86_400) ?? 3600,
    brandColor: readColor(reader) ?? '#1f5fbf',
    supportContact: readContact(reader),
  };
}

function readColor(reader: OptionReader): string | undefined {
  const value = reader.text('brandColor');
  if (value === undefined || /^#[\da-f]{6}$/i.test(value)) return value?.toLowerCase();
  return reader.fault('brandColor', 'a colour as #rrggbb');
}

function readContact(reader: OptionReader): string | undefined {
  const value = reader.text('supportContact');
  if (value === undefined || isEmail.default(value)) return value;
  return URL.parse(value)?.protocol === 'https:'
    ? value
    : reader.fault('supportContact', 'an e-mail address or an https URL');
}
