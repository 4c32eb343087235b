import type { RawOptions } from './environment.ts';
import { missingModes, type Program } from './kyc/program.ts';
import type { OptionReader } from './option-reader.ts';
import type { RailsIntegration } from './payments/rails.ts';
import { localTransfers } from './sep6/local-transfers.ts';
import { readTransferAssets, transferAssetsExpected } from './sep6/read-assets.ts';
import type { Sep6Settings } from './sep6/settings.ts';
import type { TransferIntegration } from './sep6/transfer-integration.ts';
import { assetsExpected, readAssets } from './sep31/read-assets.ts';
import type { Sep31Settings } from './sep31/settings.ts';
import { parseAddress } from './stellar/address.ts';

/** What payments are served by. */
export interface PaymentSettings {
  /** Undefined where SEP-31 is not served. */
  readonly sep31: Sep31Settings | undefined;
  /** Undefined where SEP-6 is not served. */
  readonly sep6: Sep6Settings | undefined;
  readonly rails: RailsIntegration | undefined;
}

interface About {
  readonly program: Program | undefined;
  readonly activeSeps: ReadonlySet<string>;
  readonly localMode: boolean;
  readonly signer: { readonly account: string } | undefined;
}

/** Reads the settings of payments; those of a protocol that is not served are looked at all the same. */
export function readPaymentSettings(reader: OptionReader, options: RawOptions, about: About): PaymentSettings {
  return {
    sep31: readSep31(reader, options, about),
    sep6: readSep6(reader, options, about),
    rails: readRails(reader, options.rails),
  };
}

function readSep31(
  reader: OptionReader,
  options: RawOptions,
  { program, activeSeps }: About,
): Sep31Settings | undefined {
  const sendingAnchors = reader.accounts('sep31SendingAnchors');
  const account = readAccount(reader);
  const assets = program && readBy(reader, 'sep31Assets', options.sep31Assets, (given) => readAssets(given, program));
  const missingKyc = reader.oneOf('sep31MissingKyc', missingModes);
  const observeFrom = readObserver(reader, 'sep31Observer');
  if (!activeSeps.has('sep-31')) return undefined;
  if (options.sep31SendingAnchors === undefined)
    reader.fault('sep31SendingAnchors', 'the accounts (G…) of sending anchors, as sep-31 is served');
  if (options.sep31Account === undefined)
    reader.fault('sep31Account', 'the account (G…) that payments are to be sent to, as sep-31 is served');
  if (options.sep31Assets === undefined) reader.fault('sep31Assets', assetsExpected);
  if (sendingAnchors === undefined || account === undefined || assets === undefined) return undefined;
  return { sendingAnchors: new Set(sendingAnchors), account, assets, missingKyc, observeFrom };
}

function readSep6(reader: OptionReader, options: RawOptions, about: About): Sep6Settings | undefined {
  const { program, activeSeps, localMode, signer } = about;
  const assets =
    program && readBy(reader, 'sep6Assets', options.sep6Assets, (value) => readTransferAssets(value, program));
  const missingKyc = reader.oneOf('sep6MissingKyc', missingModes);
  const accounts = reader.accounts('sep6Accounts') ?? [];
  const observeFrom = readObserver(reader, 'sep6Observer');
  const given = readTransfers(reader, options.transfers);
  if (!activeSeps.has('sep-6')) return undefined;
  if (options.sep6Assets === undefined) reader.fault('sep6Assets', transferAssetsExpected);
  if (options.transfers === undefined && !localMode) reader.fault('transfers', transfersExpected);
  const transfers = given ?? (localMode && signer !== undefined ? localTransfers(signer.account) : undefined);
  if (assets === undefined || transfers === undefined) return undefined;
  return { assets, missingKyc, transfers, accounts, observeFrom: accounts.length > 0 ? observeFrom : undefined };
}

const transfersExpected = 'an object with depositInstructions and withdrawalTarget';

function readTransfers(reader: OptionReader, given: RawOptions['transfers']): TransferIntegration | undefined {
  if (given === undefined) return undefined;
  const isOne =
    typeof given === 'object' &&
    typeof given.depositInstructions === 'function' &&
    typeof given.withdrawalTarget === 'function';
  return isOne ? given : reader.fault('transfers', transfersExpected);
}

/** A setting that is an object, or its JSON. */
function readBy<T>(
  reader: OptionReader,
  option: 'sep31Assets' | 'sep6Assets',
  given: unknown,
  read: (given: unknown) => T | string,
): T | undefined {
  if (given === undefined) return undefined;
  const value = read(typeof given === 'string' ? parseJson(given) : given);
  return typeof value === 'string' ? reader.fault(option, value) : value;
}

function readAccount(reader: OptionReader): string | undefined {
  const text = reader.text('sep31Account');
  if (text === undefined || parseAddress(text)?.kind === 'account') return text;
  return reader.fault('sep31Account', 'an account (G…)');
}

function readObserver(reader: OptionReader, option: 'sep31Observer' | 'sep6Observer'): string | undefined {
  const text = reader.text(option)?.toLowerCase() ?? 'now';
  if (text === 'off') return undefined;
  return text === 'now' || /^(0|[1-9]\d{0,18})$/.test(text)
    ? text
    : reader.fault(option, "'now', 'off' or a paging token");
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
