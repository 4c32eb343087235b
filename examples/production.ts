import { type Anchor, createAnchor } from 'anchor-kyc';
import { OwnCustomers } from './own-customers.ts';

/** The options of production: https, secrets from the environment, the public network and its Horizon. */
export async function openForProduction(environment: NodeJS.ProcessEnv): Promise<Anchor> {
  // #region production
  const { SIGNING_SEED = '', SERVER_JWT_KEY = '' } = environment;
  return createAnchor({
    hostUrl: 'https://app.example/kyc',
    signingSeed: SIGNING_SEED,
    serverJwtKey: SERVER_JWT_KEY,
    networkPassphrase: 'Public Global Stellar Network ; September 2015',
    horizonUri: 'https://horizon.stellar.org',
    dataDir: '/var/lib/app/anchor-kyc',
    integration: new OwnCustomers(),
  });
  // #endregion
}
