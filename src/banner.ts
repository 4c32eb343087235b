import type { Settings } from './resolve-options.ts';

/** What `anchor-kyc start` says once it serves: what is there, what is special about local mode, and what to try first. */
export function banner(settings: Settings): string {
  const { hostUrl, activeSeps, program, horizonUri, signer, dataDir } = settings;
  const horizon =
    horizonUri === undefined
      ? 'Horizon is off: every account counts as not existing, its master signature alone signs it in.'
      : 'Accounts and their signers are looked up at the given Horizon.';
  return `
anchor-kyc serves ${[...activeSeps].join(', ')} at ${hostUrl}

  stellar.toml    ${hostUrl}/.well-known/stellar.toml
  sign in         ${hostUrl}/auth
  customers       ${hostUrl}/customer
  health          ${hostUrl}/health
  console         ${hostUrl}/console  (first: anchor-kyc admin create NAME)
  reference       ${hostUrl}/docs

  signing key     ${signer.account}
  customer types  ${[...program.types.keys()].join(', ')}
  data            ${dataDir}

LOCAL MODE, not for real customers: secrets are kept in the data directory, http and loopback are allowed.
${horizon}

A first request:

  curl '${hostUrl}/auth?account=${signer.account}'

`;
}
