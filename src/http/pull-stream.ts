import type { Readable } from 'node:stream';

/** A stream of which one takes a chunk after the other. */
export interface Pulling {
  /** The next chunk as it lies there, or undefined at the end. Rejects with what the stream ends in. */
  read(): Promise<Uint8Array | undefined>;
  /** Takes no more of it. */
  cancel(): void;
}

/**
 * Takes chunks from a stream that pauses in between. Its own iterator would join what has come meanwhile into another buffer, and closes
 * the stream of who stops early; this one leaves it paused, for whoever owns it.
 */
export function pullStream(stream: Readable): Pulling {
  let waiting: PromiseWithResolvers<Uint8Array | undefined> | undefined;
  const settle = (use: (waits: PromiseWithResolvers<Uint8Array | undefined>) => void): void => {
    const waits = waiting;
    waiting = undefined;
    if (waits !== undefined) use(waits);
  };
  const onData = (chunk: Uint8Array): void => {
    stream.pause();
    settle(({ resolve }) => resolve(chunk));
  };
  const onEnd = (): void => settle(({ resolve }) => resolve(undefined));
  const onClose = (): void => settle(({ reject }) => reject(stream.errored ?? new Error('the stream was cut off')));
  stream.pause().on('data', onData).once('end', onEnd).on('error', onClose).once('close', onClose);
  return {
    read: () => {
      if (stream.readableEnded) return Promise.resolve(undefined);
      if (stream.destroyed) return Promise.reject(stream.errored ?? new Error('the stream was cut off'));
      waiting = Promise.withResolvers();
      const { promise } = waiting;
      stream.resume();
      return promise;
    },
    cancel: () => {
      stream.off('data', onData);
      onEnd();
    },
  };
}
