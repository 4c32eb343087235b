import type { CheckKind } from './check.ts';
import { clamav } from './clamav.ts';
import { documentExpiry } from './document-expiry.ts';
import { duplicate } from './duplicate.ts';
import { formats } from './formats.ts';
import { image } from './image.ts';
import { minimumAge } from './minimum-age.ts';
import { sumsub } from './provider/sumsub.ts';
import { watchman } from './watchman.ts';
import { yente } from './yente.ts';

const kinds: readonly CheckKind[] = [
  formats,
  minimumAge,
  documentExpiry,
  image,
  duplicate,
  clamav,
  watchman,
  yente,
  sumsub,
];

/** The kinds of checks that are built in, by name. */
export const builtInKinds: ReadonlyMap<string, CheckKind> = new Map(kinds.map((kind) => [kind.name, kind]));
