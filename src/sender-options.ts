import type { RawOptions } from './environment.ts';
import { type CodeSettings, resolveCodeSettings } from './kyc/codes/code-settings.ts';
import { sendersFaults } from './kyc/codes/senders/senders-faults.ts';
import type { Program } from './kyc/program.ts';
import type { Logger } from './lib/log.ts';
import type { OptionReader } from './option-reader.ts';

/**
 * What sends confirmation codes, at most one sender for each channel: the anchor's own, else what the settings say, else in local mode the
 * log. A field that is to be verified and that nothing can reach is a fault.
 */
export function readCodeSettings(
  reader: OptionReader,
  options: RawOptions,
  about: { readonly localMode: boolean; readonly log: Logger; readonly program: Program | undefined },
): CodeSettings {
  const settings = resolveCodeSettings(options, about, (option, expected) => reader.fault(option, expected));
  const all = [...settings.senders, ...(options.codeSenders ?? [])];
  const senders = [...new Map(all.map((sender) => [sender.channel, sender])).values()];
  for (const fault of about.program ? sendersFaults(about.program, senders) : [])
    reader.fault('program', `a sender for each field that is to be verified: ${fault}`);
  return { ...settings, senders };
}
