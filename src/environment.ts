import type { Options } from './options.ts';

/** An option that the environment can give. */
export type EnvironmentOption =
  | 'activeSeps'
  | 'hostUrl'
  | 'port'
  | 'host'
  | 'homeDomain'
  | 'homeDomains'
  | 'webAuthDomain'
  | 'networkPassphrase'
  | 'horizonUri'
  | 'signingSeed'
  | 'serverJwtKey'
  | 'encryptionKeys'
  | 'vaultAddr'
  | 'vaultToken'
  | 'vaultTokenFile'
  | 'vaultNamespace'
  | 'keyServiceTimeout'
  | 'dataKeyCacheSize'
  | 'dataKeyCacheTtl'
  | 'jwtTtl'
  | 'dataDir'
  | 'databaseUrl'
  | 'shredDatabaseUrl'
  | 'filesUrl'
  | 'program'
  | 'worker'
  | 'smtpUrl'
  | 'mailFrom'
  | 'smsUrl'
  | 'smsAccountSid'
  | 'smsAuthToken'
  | 'smsFrom'
  | 'smsCountries'
  | 'codesPerValue'
  | 'codesPerAccount'
  | 'smsPerHour'
  | 'appName'
  | 'customerPage'
  | 'customerLinkTtl'
  | 'customerSessionTtl'
  | 'brandColor'
  | 'supportContact'
  | 'operators'
  | 'unmaskingsPerHour'
  | 'unmaskingsPerDay'
  | 'sep31SendingAnchors'
  | 'sep31Account'
  | 'sep31Assets'
  | 'sep31MissingKyc'
  | 'sep31Observer'
  | 'sep6Assets'
  | 'sep6MissingKyc'
  | 'sep6Accounts'
  | 'sep6Observer'
  | 'transfers'
  | 'rails'
  | 'console'
  | 'consoleSingleSignOn'
  | 'localMode'
  | 'sharedAccounts'
  | 'sep10Authorization'
  | 'clientAttributionRequired'
  | 'clientAttributionAllowlist'
  | 'clientAttributionDenylist'
  | 'clientAttributionRequestTimeout'
  | 'stellarToml'
  | 'operatorWebhooks'
  | 'metrics'
  | 'logLevel';

/** The settings that can be given by environment, and the names they have there: Polaris's where Polaris has one. */
export const environmentNames: Readonly<Record<EnvironmentOption, string>> = {
  activeSeps: 'ACTIVE_SEPS',
  hostUrl: 'HOST_URL',
  port: 'PORT',
  host: 'HOST',
  homeDomain: 'HOME_DOMAIN',
  homeDomains: 'SEP10_HOME_DOMAINS',
  webAuthDomain: 'WEB_AUTH_DOMAIN',
  networkPassphrase: 'STELLAR_NETWORK_PASSPHRASE',
  horizonUri: 'HORIZON_URI',
  signingSeed: 'SIGNING_SEED',
  serverJwtKey: 'SERVER_JWT_KEY',
  encryptionKeys: 'KYC_ENCRYPTION_KEYS',
  vaultAddr: 'VAULT_ADDR',
  vaultToken: 'VAULT_TOKEN',
  vaultTokenFile: 'VAULT_TOKEN_FILE',
  vaultNamespace: 'VAULT_NAMESPACE',
  keyServiceTimeout: 'KEY_SERVICE_TIMEOUT',
  dataKeyCacheSize: 'DATA_KEY_CACHE_SIZE',
  dataKeyCacheTtl: 'DATA_KEY_CACHE_TTL',
  jwtTtl: 'JWT_TTL',
  dataDir: 'DATA_DIR',
  databaseUrl: 'DATABASE_URL',
  shredDatabaseUrl: 'SHRED_DATABASE_URL',
  filesUrl: 'FILES_URL',
  program: 'KYC_PROGRAM',
  worker: 'WORKER',
  smtpUrl: 'SMTP_URL',
  mailFrom: 'MAIL_FROM',
  smsUrl: 'SMS_URL',
  smsAccountSid: 'SMS_ACCOUNT_SID',
  smsAuthToken: 'SMS_AUTH_TOKEN',
  smsFrom: 'SMS_FROM',
  smsCountries: 'SMS_COUNTRIES',
  codesPerValue: 'CODES_PER_VALUE',
  codesPerAccount: 'CODES_PER_ACCOUNT',
  smsPerHour: 'SMS_PER_HOUR',
  appName: 'APP_NAME',
  customerPage: 'CUSTOMER_PAGE',
  customerLinkTtl: 'CUSTOMER_LINK_TTL',
  customerSessionTtl: 'CUSTOMER_SESSION_TTL',
  brandColor: 'BRAND_COLOR',
  supportContact: 'SUPPORT_CONTACT',
  operators: 'OPERATORS',
  unmaskingsPerHour: 'UNMASKINGS_PER_HOUR',
  unmaskingsPerDay: 'UNMASKINGS_PER_DAY',
  sep31SendingAnchors: 'SEP31_SENDING_ANCHORS',
  sep31Account: 'SEP31_ACCOUNT',
  sep31Assets: 'SEP31_ASSETS',
  sep31MissingKyc: 'SEP31_MISSING_KYC',
  sep31Observer: 'SEP31_OBSERVER',
  sep6Assets: 'SEP6_ASSETS',
  sep6MissingKyc: 'SEP6_MISSING_KYC',
  sep6Accounts: 'SEP6_ACCOUNTS',
  sep6Observer: 'SEP6_OBSERVER',
  transfers: 'TRANSFERS',
  rails: 'RAILS',
  console: 'CONSOLE',
  consoleSingleSignOn: 'CONSOLE_SINGLE_SIGN_ON',
  localMode: 'LOCAL_MODE',
  sharedAccounts: 'SHARED_ACCOUNTS',
  sep10Authorization: 'SEP10_AUTHORIZATION',
  clientAttributionRequired: 'SEP10_CLIENT_ATTRIBUTION_REQUIRED',
  clientAttributionAllowlist: 'SEP10_CLIENT_ATTRIBUTION_ALLOWLIST',
  clientAttributionDenylist: 'SEP10_CLIENT_ATTRIBUTION_DENYLIST',
  clientAttributionRequestTimeout: 'SEP10_CLIENT_ATTRIBUTION_REQUEST_TIMEOUT',
  stellarToml: 'STELLAR_TOML',
  operatorWebhooks: 'OPERATOR_WEBHOOKS',
  metrics: 'METRICS',
  logLevel: 'LOG_LEVEL',
};

/** Options as they come in: typed by an embedder, or as text from the environment. */
export type RawOptions = {
  readonly [K in keyof Options]?: K extends EnvironmentOption ? Options[K] | string : Options[K];
};

/** The variables a process was given. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The options that the environment gives; variables that are empty count as not set. */
export function optionsFromEnvironment(environment: Environment): RawOptions {
  const given = Object.entries(environmentNames).flatMap(([option, variable]) => {
    const value = environment[variable]?.trim();
    return value === undefined || value === '' ? [] : [[option, value] as const];
  });
  return Object.fromEntries(given);
}
