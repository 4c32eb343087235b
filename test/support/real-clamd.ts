import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { askVersion, type ClamdAddress } from '../../src/kyc/checks/clamd.ts';
import { eicar } from './eicar.ts';
import { temporaryDirectory } from './test-anchor.ts';

const program = '/usr/sbin/clamd';

/** Whether the system has a clamd. */
export function hasClamd(): Promise<boolean> {
  return access(program).then(
    () => true,
    () => false,
  );
}

export interface RealClamd extends AsyncDisposable {
  readonly address: ClamdAddress;
}

/** The system's own clamd in a directory of its own, with EICAR's as its only signature and the further lines of configuration. */
export async function startClamd(...lines: readonly string[]): Promise<RealClamd> {
  const directory = await temporaryDirectory();
  const path = join(directory.path, 'clamd.sock');
  const database = join(directory.path, 'db');
  await mkdir(database);
  await writeFile(join(database, 'test.ndb'), `Eicar-Test-Signature:0:*:${eicar.toString('hex')}\n`);
  const config = join(directory.path, 'clamd.conf');
  const own = ['Foreground yes', `DatabaseDirectory ${database}`, `LocalSocket ${path}`];
  await writeFile(config, `${[...own, ...lines].join('\n')}\n`);
  const child = spawn(program, ['-c', config], { stdio: 'ignore' });
  const address = { path };
  await ready(child, address);
  return {
    address,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await directory[Symbol.asyncDispose]();
    },
  };
}

async function ready(child: ChildProcess, address: ClamdAddress): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (child.exitCode !== null) throw new Error(`clamd has ended with ${child.exitCode}`);
    const version = await askVersion(address, AbortSignal.timeout(1000)).catch(() => undefined);
    if (version !== undefined) return;
    await delay(100);
  }
  child.kill('SIGKILL');
  throw new Error('clamd does not answer');
}
