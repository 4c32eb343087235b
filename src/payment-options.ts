import type { RawOptions } from './environment.ts';
import { missingModes, type Program } from './kyc/program.ts';
import type { OptionReader } from './option-reader.ts';
import type { RailsIntegration } from './payments/rails.ts';
import { assetsExpected, readAssets } from './sep31/read-assets.ts';
import type { Sep31Settings } from './sep31/settings.ts';
import { parseAddress } from './stellar/address.ts';

/** What payments are served by. */
export interface PaymentSettings {
  /** Undefined where SEP-31 is not served. */
  readonly sep31: Sep31Settings | undefined;
  readonly rails: RailsIntegration | undefined;
}

/** Reads the settings of payments; those of a protocol that is not served are looked at all the same. */
export function readPaymentSettings(
  reader: OptionReader,
  options: RawOptions,
  { program, isActive }: { readonly program: Program | undefined; readonly isActive: boolean },
): PaymentSettings {
  const sendingAnchors = reader.accounts('sep31SendingAnchors');
  const account = readAccount(reader);
  const assets = program && readSep31Assets(reader, options.sep31Assets, program);
  const missingKyc = reader.oneOf('sep31MissingKyc', missingModes);
  const observeFrom = readObserver(reader);
  const rails = readRails(reader, options.rails);
  if (!isActive) return { sep31: undefined, rails };
  if (options.sep31SendingAnchors === undefined)
    reader.fault('sep31SendingAnchors', 'the accounts (G…) of sending anchors, as sep-31 is served');
  if (options.sep31Account === undefined)
    reader.fault('sep31Account', 'the account (G…) that payments are to be sent to, as sep-31 is served');
  if (options.sep31Assets === undefined) reader.fault('sep31Assets', assetsExpected);
  if (sendingAnchors === undefined || account === undefined || assets === undefined) return { sep31: undefined, rails };
  return { sep31: { sendingAnchors: new Set(sendingAnchors), account, assets, missingKyc, observeFrom }, rails };
}

function readAccount(reader: OptionReader): string | undefined {
  const text = reader.text('sep31Account');
  if (text === undefined || parseAddress(text)?.kind === 'account') return text;
  return reader.fault('sep31Account', 'an account (G…)');
}

function readObserver(reader: OptionReader): string | undefined {
  const text = reader.text('sep31Observer')?.toLowerCase() ?? 'now';
  if (text === 'off') return undefined;
  return text === 'now' || /^(0|[1-9]\d{0,18})$/.test(text)
    ? text
    : reader.fault('sep31Observer', "'now', 'off' or a paging token");
}

function readSep31Assets(
  reader: OptionReader,
  given: RawOptions['sep31Assets'],
  program: Program,
): Sep31Settings['assets'] | undefined {
  if (given === undefined) return undefined;
  const assets = readAssets(typeof given === 'string' ? parseJson(given) : given, program);
  return typeof assets === 'string' ? reader.fault('sep31Assets', assets) : assets;
}

function readRails(reader: OptionReader, given: RawOptions['rails']): RailsIntegration | undefined {
  if (given === undefined) return undefined;
  if (typeof given === 'object' && typeof given.executeOutgoingTransaction === 'function') return given;
  return reader.fault('rails', 'an object with executeOutgoingTransaction');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
