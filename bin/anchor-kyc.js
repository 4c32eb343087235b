#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';

// Plain old JavaScript, so that a Node too old for everything else can still say so.
var version = process.versions.node.split('.').map(Number);
if (version[0] < 22 || (version[0] === 22 && version[1] < 18)) {
  console.error(`anchor-kyc needs Node 22.18 or newer; this is Node ${process.versions.node}.`);
  process.exit(1);
}
// A young generation that does not grow is collected before the buffers of large uploads pile up outside the heap.
setFlagsFromString('--semi-space-growth-factor=1');
void import('../dist/cli.js').then((cli) => cli.main(process.argv.slice(2), process.env));
