import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { residentMemory, startBuiltServer } from '../test/support/built-server.ts';
import { standInKeys } from '../test/support/stand-ins/s3-signature.ts';
import { floorMegabytesPerSecond } from './files-floor.ts';
import { median } from './load.ts';
import { type S3Process, startS3Process } from './s3-process.ts';
import { uploadAtOnce } from './uploads.ts';

// npm run bench:files [-- --quick]: fifty uploads of 10 MB at once through the built server, kept on disk and in S3 (a stand-in in a process of
// its own). Measured by the peak of resident memory over the idle process, and by throughput over a bare loop's that encrypts the same
// bytes in the same chunks and writes them to the same place: no HTTP, no multipart, no hash of the plain bytes, no database. On two cores
// the sender, which the floor has not, takes its share. Rounds alternate, as machines are shared; the exit code is 1 when a bound is missed.

/** The other place: the server's settings, and the URL for the floor. */
interface Place {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
}

const rounds = process.argv.includes('--quick') ? 2 : 5;
const uploads = 50;
const maxAddedMb = 100;
const leastRatio = 0.5;
/** On a real disk beside the sources: a temporary directory may lie in memory, where a durable write costs nothing. */
const benchData = join(import.meta.dirname, 'data');

await mkdir(benchData, { recursive: true });
const directory = await mkdtemp(join(benchData, 'files-'));
try {
  await using s3 = await startS3Process(join(directory, 's3'));
  const rows = [await measure({ name: 'disk', environment: {} }), await measure(inS3(s3))];
  console.table(rows);
  if (rows.some(({ result }) => result !== 'pass')) process.exitCode = 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}

function inS3({ url }: S3Process): Place {
  return {
    name: 'S3',
    environment: {
      FILES_URL: url,
      AWS_ACCESS_KEY_ID: standInKeys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: standInKeys.secretAccessKey,
    },
  };
}

async function measure({ name, environment }: Place): Promise<Record<'where' | 'memory' | 'speed' | 'result', string>> {
  const dataDir = join(directory, `server-${name}`);
  await using server = await startBuiltServer({ dataDir, environment });
  await delay(3000);
  const idleBytes = (await residentMemory(server.pid)).now;
  const [added, speeds, floors]: number[][] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    const place = join(directory, `floor-${name}-${round}`);
    floors?.push(await floorMegabytesPerSecond(place, environment['FILES_URL'], uploads));
    await rm(place, { recursive: true, force: true });
    const run = await uploadAtOnce(server, uploads);
    speeds?.push(run.megabytesPerSecond);
    added?.push(((await residentMemory(server.pid)).peak - idleBytes) / 2 ** 20);
    await delay(1000);
  }
  const [most, speed, floor] = [Math.max(...(added ?? [])), median(speeds ?? []), median(floors ?? [])];
  const isGood = most < maxAddedMb && speed / floor >= leastRatio;
  return {
    where: name,
    memory: `+${most.toFixed(0)} MB at most over ${(idleBytes / 2 ** 20).toFixed(0)} MB idle (< ${maxAddedMb} MB)`,
    speed: `${speed.toFixed(0)} MB/s, floor ${floor.toFixed(0)} MB/s: ${(speed / floor).toFixed(2)} (≥ ${leastRatio})`,
    result: isGood ? 'pass' : 'MISSED',
  };
}
