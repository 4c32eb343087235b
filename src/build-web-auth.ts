import { randomBytes } from 'node:crypto';
import { guardedFetch } from './lib/guarded-fetch.ts';
import { resolverLookup } from './outbox/resolver-lookup.ts';
import type { Settings } from './resolve-options.ts';
import { HorizonSigners, noAccounts } from './sep10/account-signers.ts';
import { KnownTokens } from './sep10/known-tokens.ts';
import { strictAccounts } from './sep10/shared-accounts.ts';
import { importTokenKey } from './sep10/token.ts';
import { createWebAuth, type WebAuth } from './sep10/web-auth.ts';
import type { Store } from './store/store.ts';

const challengeSeconds = 900;

/** Signing in, by the settings. */
export async function buildWebAuth(settings: Settings, store: Store): Promise<WebAuth> {
  const { clock, hostUrl, horizonUri, clientAttribution, localMode } = settings;
  const { allowlist, required, denylist, timeoutMs } = clientAttribution;
  const endpoint = `${hostUrl}/auth`;
  return createWebAuth({
    signer: settings.signer,
    networkPassphrase: settings.networkPassphrase,
    homeDomains: [settings.homeDomain, ...settings.homeDomains.slice(1)],
    webAuthDomain: settings.webAuthDomain,
    challengeSeconds,
    clock,
    endpoint,
    authorizationHeader: settings.sep10Authorization,
    clientDomains: {
      policy: { required, denylist, ...(allowlist && { allowlist }) },
      // Anybody may name a domain whose name servers are dead.
      fetch: guardedFetch(localMode ? { allowLoopback: true } : { lookup: resolverLookup() }),
      timeoutMs,
      allowLoopback: localMode,
    },
    accounts: horizonUri === undefined ? noAccounts : new HorizonSigners(horizonUri, globalThis.fetch),
    usedChallenges: { use: (hash, expiresAt) => store.useChallenge(hash, expiresAt, clock.now()) },
    tokens: {
      key: await importTokenKey(settings.jwtKey),
      issuer: endpoint,
      lifetimeSeconds: settings.jwtTtlSeconds,
      clock,
      known: new KnownTokens(),
    },
    ...(settings.sharedAccounts === 'strict' && { admit: strictAccounts(store) }),
    randomBytes,
  });
}
