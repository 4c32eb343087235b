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
// its own). Measured by the peak of resident memory over the idle process, and by throughput over a bare loop's: it encrypts files of that
// size in the same chunks and writes them to the same place, each made durable, one after the other; no HTTP, no multipart, no hash of the
// plain bytes, no database. The same with eight files at once is told for comparison. On two cores the sender, which the loop has not, takes
// its share of them. Rounds alternate, as machines are shared; the exit code is 1 when a bound is missed.

/** The other place: the server's settings, and the URL for the floor. */
interface Place {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** One line of the table. */
type Row = Readonly<Record<'where' | 'memory' | 'speed' | 'eight at once' | 'result', string>>;

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

async function measure({ name, environment }: Place): Promise<Row> {
  await using server = await startBuiltServer({ dataDir: join(directory, `server-${name}`), environment });
  await delay(3000);
  const idleBytes = (await residentMemory(server.pid)).now;
  const [addedMb, speeds, loops, eights]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let round = 0; round < rounds; round++) {
    loops.push(await floor(environment['FILES_URL'], 1));
    speeds.push((await uploadAtOnce(server, uploads)).megabytesPerSecond);
    addedMb.push(((await residentMemory(server.pid)).peak - idleBytes) / 2 ** 20);
    eights.push(await floor(environment['FILES_URL'], 8));
  }
  const [most, speed, loop] = [Math.max(...addedMb), median(speeds), median(loops)];
  return {
    where: name,
    memory: `+${most.toFixed(0)} MB at most over ${(idleBytes / 2 ** 20).toFixed(0)} MB idle (< ${maxAddedMb} MB)`,
    speed: `${speed.toFixed(0)} MB/s, loop ${loop.toFixed(0)} MB/s: ${(speed / loop).toFixed(2)} (≥ ${leastRatio})`,
    'eight at once': `${median(eights).toFixed(0)} MB/s: ${(speed / median(eights)).toFixed(2)}`,
    result: most < maxAddedMb && speed / loop >= leastRatio ? 'pass' : 'MISSED',
  };
}

async function floor(filesUrl: string | undefined, atOnce: number): Promise<number> {
  const place = join(directory, 'floor');
  const speed = await floorMegabytesPerSecond(place, filesUrl, uploads, atOnce);
  await rm(place, { recursive: true, force: true });
  return speed;
}
