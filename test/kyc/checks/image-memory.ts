import { readFile } from 'node:fs/promises';
import { image } from '../../../src/kyc/checks/image.ts';
import { checkFile, runCheck } from './fixture.ts';

/** Run as a process of its own: checks one large image ten times at once, and tells what that took. */
const bytes = await readFile(process.argv[2] ?? '');
const status = (): Promise<string> => readFile('/proc/self/status', 'utf8').catch(() => '');
const megabytes = (text: string): number => Number(/VmHWM:\s+(\d+)/.exec(text)?.[1] ?? 0) / 1000;
const isLoaded = (): boolean => JSON.stringify(process.report.getReport()).includes('libvips');

const before = megabytes(await status());
const loadedBefore = isLoaded();
const results = await Promise.all(
  Array.from({ length: 10 }, () => runCheck(image, { files: { photo: checkFile(bytes, 'image/jpeg') } })),
);
const peak = megabytes(await status()) - before;
const loaded = [loadedBefore, isLoaded()];
console.log(JSON.stringify({ loaded, peak, outcomes: results.map(({ outcome }) => outcome) }));
