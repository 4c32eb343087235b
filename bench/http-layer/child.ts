import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Usage } from './server.ts';

/** A contender running in a process of its own. */
export interface Child {
  name: string;
  port: number;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

export async function startChild(name: string): Promise<Child> {
  const process = fork(join(import.meta.dirname, 'server.ts'), [name]);
  const [port] = await once(process, 'message');
  return { name, port, usage: () => askUsage(process), stop: () => stopProcess(process) };
}

async function askUsage(process: ChildProcess): Promise<Usage> {
  process.send('usage');
  const [usage] = await once(process, 'message');
  return usage;
}

async function stopProcess(process: ChildProcess): Promise<void> {
  const exit = once(process, 'exit');
  process.disconnect();
  await exit;
}
