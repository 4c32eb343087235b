import type sharp from 'sharp';

/** What decodes and encodes images. */
export type Sharp = typeof sharp;

let loading: Promise<Sharp> | undefined;

/**
 * The image library, loaded when first asked for: it costs 27 MB of resident memory. It keeps no cache and works with one thread; that
 * holds for whoever else uses it in this process.
 * @throws Error where its package for this platform is not installed
 */
export function loadSharp(): Promise<Sharp> {
  loading ??= import('sharp').then(({ default: loaded }) => {
    loaded.cache(false);
    loaded.concurrency(1);
    return loaded;
  });
  return loading;
}

let last: Promise<unknown> = Promise.resolve();

/** Does the work when all that was asked for before is done, so that one image at a time is unpacked in this process. */
export function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const done = last.then(work);
  last = done.catch(() => {});
  return done;
}
