import type { CheckContext, CheckFile, CheckInput, CheckKind, CheckResult } from './check.ts';
import { canDecode, decodeImage, type ImageSize, UnreadableImage } from './decode-image.ts';
import { isWholePdf } from './pdf.ts';
import { oneOf, type Settings, setting, settingFaults, wholeNumber } from './settings.ts';
import { stripMetadata, strippableTypes } from './strip-metadata.ts';

const pdfPolicies = ['accept', 'review', 'refuse'] as const;

interface Policy {
  readonly minWidth: number;
  readonly minHeight: number;
  readonly pdf: (typeof pdfPolicies)[number];
}

/** What is said of one file. */
interface Judgement extends Partial<ImageSize> {
  readonly finding: 'document-unreadable' | 'image-too-small' | 'to-be-looked-at' | 'good';
  readonly contentType: string;
}

const rules = {
  minWidth: wholeNumber(1, 10_000),
  minHeight: wholeNumber(1, 10_000),
  pdf: oneOf(pdfPolicies),
};

/**
 * Whether photos of documents can be decoded and are large enough. Settings: `minWidth` (600) and `minHeight` (400), in pixels, upright or
 * lying; `pdf` (`accept`): what becomes of PDFs, which are not decoded: `accept`, `review` or `refuse`. What cannot be decoded
 * here, as HEIC, is a person's to look at.
 */
export const image: CheckKind = {
  name: 'image',
  inputs: [
    'photo_id_front',
    'photo_id_back',
    'notary_approval_of_photo_id',
    'photo_proof_residence',
    'proof_of_income',
    'organization.photo_incorporation_doc',
    'organization.photo_proof_address',
  ],
  early: true,
  fourEyes: false,
  needsInput: false,
  faultsOf: (settings) => settingFaults(settings, rules),
  open(settings) {
    const policy = policyOf(settings);
    return { run: (input, context) => judgeAll(policy, input, context) };
  },
};

function policyOf(settings: Settings): Policy {
  return {
    minWidth: setting(settings, 'minWidth', 600),
    minHeight: setting(settings, 'minHeight', 400),
    pdf: setting<Policy['pdf']>(settings, 'pdf', 'accept'),
  };
}

/** The worst of all files is what the check says. */
async function judgeAll(policy: Policy, { files }: CheckInput, { signal }: CheckContext): Promise<CheckResult> {
  const judged: Record<string, Judgement> = {};
  for (const [key, file] of files) judged[key] = await judge(policy, file, signal);
  const withFinding = (finding: Judgement['finding']): string[] =>
    Object.keys(judged).filter((key) => judged[key]?.finding === finding);
  const evidence = { files: judged };
  for (const reason of ['document-unreadable', 'image-too-small'] as const) {
    const fields = withFinding(reason);
    if (fields.length > 0) return { outcome: 'fail', reason, fields, evidence };
  }
  if (withFinding('to-be-looked-at').length > 0) return { outcome: 'review', reason: 'document-unreadable', evidence };
  return { outcome: 'pass', evidence, stripped: await stripAll(files, signal) };
}

/** One at a time: unpacked images are large. */
async function stripAll(files: CheckInput['files'], signal: AbortSignal): Promise<ReadonlyMap<string, Uint8Array>> {
  const stripped = new Map<string, Uint8Array>();
  for (const [key, file] of files) {
    const isDone = file.isStripped === true || !strippableTypes.includes(file.contentType);
    if (!isDone) stripped.set(key, await stripMetadata(file, signal));
  }
  return stripped;
}

async function judge(policy: Policy, file: CheckFile, signal: AbortSignal): Promise<Judgement> {
  const { contentType } = file;
  if (contentType === 'application/pdf') return { contentType, finding: await judgePdf(policy, file, signal) };
  if (!(await canDecode(contentType))) return { contentType, finding: 'to-be-looked-at' };
  try {
    const size = await decodeImage(file, signal);
    return { contentType, ...size, finding: isLargeEnough(size, policy) ? 'good' : 'image-too-small' };
  } catch (error) {
    if (error instanceof UnreadableImage) return { contentType, finding: 'document-unreadable' };
    throw error;
  }
}

async function judgePdf({ pdf }: Policy, file: CheckFile, signal: AbortSignal): Promise<Judgement['finding']> {
  if (pdf === 'refuse' || !(await isWholePdf(file, signal))) return 'document-unreadable';
  return pdf === 'accept' ? 'good' : 'to-be-looked-at';
}

function isLargeEnough(size: ImageSize, { minWidth, minHeight }: Policy): boolean {
  const [short, long] = sides(size.width, size.height);
  const [minShort, minLong] = sides(minWidth, minHeight);
  return short >= minShort && long >= minLong;
}

function sides(a: number, b: number): readonly [short: number, long: number] {
  return [Math.min(a, b), Math.max(a, b)];
}
