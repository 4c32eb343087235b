import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { residentMemory, startBuiltServer } from '../test/support/built-server.ts';
import { benchAgainstFloor } from './against-floor.ts';
import type { Contest } from './contest.ts';
import { median } from './load.ts';
import { uploadAtOnce } from './uploads.ts';
import { benchWebAuth } from './webauth.ts';

// npm run bench [-- --quick] [-- --profile]: what this is promised to do, measured in one run against what it is measured by. Every
// figure is a median over alternating rounds, as machines are shared. The exit code is 1 when a bound is missed.
// --quick: fewer and shorter rounds. --profile: writes a .cpuprofile of the server to the working directory.

/** One line of the table. */
interface Row {
  readonly what: string;
  readonly measured: string;
  readonly bound: string;
  readonly pass: boolean;
}

const isQuick = process.argv.includes('--quick');
const rounds = isQuick ? { rounds: 3, ms: 1000 } : { rounds: 7, ms: 3000 };
const profiling = process.argv.includes('--profile') ? ['--cpu-prof', `--cpu-prof-dir=${process.cwd()}`] : [];
/** On a real disk beside the sources: a temporary directory may lie in memory, where a durable write costs nothing. */
const benchData = join(import.meta.dirname, 'data');

await mkdir(benchData, { recursive: true });
const directory = await mkdtemp(join(benchData, 'run-'));
try {
  const rows = [...(await floorRows()), ...(await webAuthRows()), ...(await startRows()), ...(await uploadRows())];
  console.table(rows.map(({ pass, ...row }) => ({ ...row, result: pass ? 'pass' : 'MISSED' })));
  if (rows.some(({ pass }) => !pass)) process.exitCode = 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}

async function floorRows(): Promise<Row[]> {
  const { get, put } = await benchAgainstFloor(directory, rounds, profiling);
  return [contestRow('GET known customer', get), contestRow('PUT of one field, durable', put)];
}

function contestRow(what: string, { ours, floor, ratio, cpuRatio }: Contest): Row {
  const measured = `${ours.toFixed(0)}/s, floor ${floor.toFixed(0)}/s: ${ratio.toFixed(2)} (by CPU ${cpuRatio.toFixed(2)})`;
  return atLeast(what, measured, ratio, 0.6, '0.60 × floor');
}

async function webAuthRows(): Promise<Row[]> {
  const rates = await benchWebAuth(isQuick ? 3 : 9, isQuick ? 30 : 100);
  return rates.map(({ what, ours, sdk, ratio }) => {
    const measured = `${ours.toFixed(0)}/s, SDK ${sdk.toFixed(0)}/s: ${ratio.toFixed(1)}`;
    return atLeast(`SEP-10 build and verify, ${what}`, measured, ratio, 8, '8 × SDK');
  });
}

/** Starts on an empty directory, as after an installation. */
async function startRows(): Promise<Row[]> {
  const starts: number[] = [];
  let idleBytes = 0;
  for (let n = 0; n < (isQuick ? 3 : 7); n++) {
    await using server = await startBuiltServer({ dataDir: await newDataDir(`start-${n}`) });
    starts.push(server.startedMs);
    if (n > 0) continue;
    await delay(3000);
    idleBytes = (await residentMemory(server.pid)).now;
  }
  const [startMs, idleMb] = [median(starts), idleBytes / 2 ** 20];
  return [
    below('cold start to first answer', `${startMs.toFixed(0)} ms`, startMs, 1000, '1000 ms'),
    below('resident memory, idle', `${idleMb.toFixed(0)} MB`, idleMb, 150, '150 MB'),
  ];
}

async function uploadRows(): Promise<Row[]> {
  await using server = await startBuiltServer({ dataDir: await newDataDir('uploads') });
  const runs = [];
  for (let round = 0; round < (isQuick ? 3 : 5); round++) runs.push(await uploadAtOnce(server, 10));
  const addedMb = Math.max(...runs.map((run) => run.addedBytes)) / 2 ** 20;
  const speed = median(runs.map((run) => run.megabytesPerSecond));
  const measured = `+${addedMb.toFixed(0)} MB at most, ${speed.toFixed(0)} MB/s`;
  return [below('ten uploads of 10 MB at once', measured, addedMb, 60, '+60 MB')];
}

async function newDataDir(name: string): Promise<string> {
  const path = join(directory, name);
  await mkdir(path);
  return path;
}

function atLeast(what: string, measured: string, value: number, least: number, bound: string): Row {
  return { what, measured, bound: `≥ ${bound}`, pass: value >= least };
}

function below(what: string, measured: string, value: number, limit: number, bound: string): Row {
  return { what, measured, bound: `< ${bound}`, pass: value < limit };
}
