import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Keypair } from '@stellar/stellar-sdk';
import { temporaryDirectory } from '../support/test-anchor.ts';
import { findValues } from './canary-search.ts';
import { Recorder } from './recorder.ts';
import { tokenFor } from './requests.ts';
import { type StartedProcess, startProcess } from './started-process.ts';

const person = {
  first_name: 'Zdenka-Canaria',
  last_name: 'Quixwimblethorpe',
  email_address: 'zq.canary-4471@planted-mailbox.example',
  birth_date: '1931-08-27',
  id_type: 'passport',
  id_number: 'XQ-CANARY-90417',
  bank_account_number: 'CANARY7730019264',
};

/** Every object that lives in the process, once what is dead is collected. */
async function snapshotOf(server: StartedProcess, directory: string): Promise<Buffer> {
  const before = new Set(await readdir(directory));
  server.signal('SIGUSR2');
  for (let tries = 0; tries < 600; tries++) {
    await delay(100);
    const name = (await readdir(directory)).find((file) => file.endsWith('.heapsnapshot') && !before.has(file));
    const bytes = name === undefined ? Buffer.alloc(0) : await readFile(join(directory, name));
    // It is written in place, and ends so.
    if (bytes.subarray(-3).toString().trimEnd().endsWith(']}') || bytes.subarray(-2).toString() === '}\n') return bytes;
  }
  return assert.fail('no snapshot was written');
}

test('[erase.memory] after DELETE no live object of the server holds a value of the customer', async () => {
  await using directory = await temporaryDirectory();
  await using snapshots = await temporaryDirectory();
  const keypair = Keypair.random();
  const NODE_OPTIONS = `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${snapshots.path}`;
  await using server = await startProcess({ dataDir: directory.path, env: { NODE_OPTIONS } });
  const recorder = new Recorder(server, await tokenFor(server.url, { keypair }));
  await recorder.send(202, 'PUT', '/customer', { body: { type: 'sep6-withdraw', ...person } });
  await recorder.send(200, 'GET', '/customer?type=sep6-withdraw');
  await recorder.send(200, 'DELETE', `/customer/${keypair.publicKey()}`);
  const another = new Recorder(server, await tokenFor(server.url));
  for (let round = 0; round < 50; round++)
    await another.send(202, 'PUT', '/customer', { body: { type: 'sep6-withdraw', first_name: `Somebody ${round}` } });
  await delay(1500);
  const { id_type: _, ...values } = person;
  const bytes = await snapshotOf(server, snapshots.path);
  assert.ok(bytes.length > 1_000_000);
  assert.ok(bytes.includes('bank_account_number'), 'the search finds what is there');
  assert.deepEqual(findValues(values, [{ name: 'heap', bytes }]), []);
});
