#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`anchor-kyc needs Node 22.18 or newer; this is Node ${process.versions.node}.`);
  process.exit(1);
}
// The buffers of uploads lie outside V8's heap, which waits long before it looks for dead ones: the server asks it to, now and then.
setFlagsFromString('--expose-gc');
globalThis.gc = runInNewContext('gc');
void import('../dist/cli.js').then((cli) => cli.main(process.argv.slice(2), process.env));
