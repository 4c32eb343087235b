import type { Program } from '../../program.ts';
import { channelOf } from '../destination.ts';
import type { CodeSender } from './code-sender.ts';

/** What is wrong with a program whose codes these senders are to send: a line for each field that no code can reach. */
export function sendersFaults(program: Program, senders: readonly Pick<CodeSender, 'channel'>[]): readonly string[] {
  const channels = new Set(senders.map(({ channel }) => channel));
  const faults: string[] = [];
  for (const [key, fields] of program.fields) {
    for (const field of fields.filter(({ verify }) => verify).slice(0, 1)) {
      const channel = channelOf(field);
      if (channel === undefined)
        faults.push(`'${key}' is to be verified, but holds neither a phone number nor an e-mail address`);
      else if (!channels.has(channel))
        faults.push(`'${key}' is to be verified by ${channel}, but nothing is set that sends it`);
    }
  }
  return faults;
}
