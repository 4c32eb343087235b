import { type GuardedFetch, GuardedFetchError, guardedFetch } from '../../src/lib/guarded-fetch.ts';

// Posts to a URL on this machine, and to one that nobody can reach, in a process whose environment names a proxy.

const [, , url = ''] = process.argv;
const limits = { timeoutMs: 3000, maxResponseBytes: 1000 };

async function outcome(post: GuardedFetch, to: string): Promise<number | string> {
  try {
    return (await post(to, limits)).status;
  } catch (error) {
    return error instanceof GuardedFetchError ? error.reason : 'error';
  }
}

const away = guardedFetch({
  keptConnections: 1,
  lookup: (_host, _options, callback) => callback(new Error('ENOTFOUND'), []),
});
process.send?.([
  await outcome(guardedFetch({ allowLoopback: true }), url),
  await outcome(away, 'https://wallet.example/'),
]);
