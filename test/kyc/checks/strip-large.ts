import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { stripMetadata } from '../../../src/kyc/checks/strip-metadata.ts';
import { checkFile } from './fixture.ts';

/** Run as a process of its own: strips one image and tells how large it came out. */
const file = checkFile(await readFile(process.argv[2] ?? ''), process.argv[3] ?? '');
const { width, height } = await sharp(await stripMetadata(file, AbortSignal.timeout(60_000))).metadata();
console.log(JSON.stringify({ width, height }));
