import { type LookupAddress, promises, type ResolverOptions } from 'node:dns';
import type { LookupAll } from '../lib/guarded-fetch.ts';

/**
 * Looks names up by asking the name servers itself. The system's own lookup holds one of Node's four threads for as long as it takes, so that
 * four wallets whose name servers are dead would stop every other lookup, and reading files as well. Names of the machine's own
 * hosts file are not found, as no wallet has one.
 */
export function resolverLookup(options: ResolverOptions = { timeout: 3000, tries: 2 }): LookupAll {
  const resolver = new promises.Resolver(options);
  return (host, { family }, callback) => {
    const asked = [
      ...(family === 6 || family === 'IPv6' ? [] : [addresses(resolver.resolve4(host), 4)]),
      ...(family === 4 || family === 'IPv4' ? [] : [addresses(resolver.resolve6(host), 6)]),
    ];
    void Promise.allSettled(asked).then((answers) => {
      const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
      const [refused] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as Error] : []));
      callback(found.length === 0 && refused !== undefined ? refused : null, found);
    });
  };
}

async function addresses(answer: Promise<string[]>, family: 4 | 6): Promise<LookupAddress[]> {
  return (await answer).map((address) => ({ address, family }));
}
