import { stringify, type TomlTable } from 'smol-toml';
import type { GeneratedKey, TomlExtras } from './toml-extras.ts';

/** What the generated part of stellar.toml says. URLs may end in slashes, which are taken off. */
export interface StellarTomlSettings {
  readonly networkPassphrase: string;
  readonly signingKey: string;
  /** Where the file is hosted; the organisation's name unless the anchor gives its own. */
  readonly homeDomain: string;
  /** The organisation's URL unless the anchor gives its own. Default: https and the home domain. */
  readonly orgUrl?: string;
  /** SEP-10; like the servers below only where that SEP is active. */
  readonly webAuthEndpoint?: string;
  /** SEP-45 */
  readonly webAuthForContractsEndpoint?: string;
  /** SEP-45, `C…` */
  readonly webAuthContractId?: string;
  /** SEP-12 */
  readonly kycServer?: string;
  /** SEP-6 */
  readonly transferServer?: string;
  /** SEP-31 */
  readonly directPaymentServer?: string;
  /** A Horizon that wallets may use; not the one this server asks. */
  readonly horizonUrl?: string;
  /** What the anchor adds of its own. */
  readonly extras?: TomlExtras;
}

const version = '2.7.0';
const maxBytes = 100_000;

/**
 * The text of `/.well-known/stellar.toml`.
 * Choice: `[DOCUMENTATION]` and `CURRENCIES` are always there, as clients crash without (ruling 31).
 * @throws TypeError when it would be larger than the 100 kB that SEP-1 allows
 * @see SEP-1 § Specification
 */
export function stellarToml(settings: StellarTomlSettings): string {
  const { DOCUMENTATION = {}, ...extras } = settings.extras ?? {};
  const text = stringify({
    ...generated(settings),
    CURRENCIES: [],
    ...extras,
    DOCUMENTATION: {
      ORG_NAME: settings.homeDomain,
      ORG_URL: settings.orgUrl ?? `https://${settings.homeDomain}`,
      ...DOCUMENTATION,
    },
  });
  if (Buffer.byteLength(text) > maxBytes) throw new TypeError('stellar.toml must not be larger than 100 kB');
  return text;
}

function generated(settings: StellarTomlSettings): TomlTable {
  const fields = {
    VERSION: version,
    NETWORK_PASSPHRASE: settings.networkPassphrase,
    SIGNING_KEY: settings.signingKey,
    WEB_AUTH_ENDPOINT: settings.webAuthEndpoint,
    WEB_AUTH_FOR_CONTRACTS_ENDPOINT: settings.webAuthForContractsEndpoint,
    WEB_AUTH_CONTRACT_ID: settings.webAuthContractId,
    KYC_SERVER: settings.kycServer,
    TRANSFER_SERVER: settings.transferServer,
    DIRECT_PAYMENT_SERVER: settings.directPaymentServer,
    HORIZON_URL: settings.horizonUrl,
  } satisfies Record<GeneratedKey, string | undefined>;
  const table: TomlTable = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) table[key] = value.replace(/\/+$/, '');
  }
  return table;
}
