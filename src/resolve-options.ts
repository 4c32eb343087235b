import { join, resolve } from 'node:path';
import { readConsoleSettings } from './console-options.ts';
import type { RawOptions } from './environment.ts';
import { readFilesUrl } from './file-options.ts';
import { type BodyLimits, defaultBodyLimits } from './http/body-limits.ts';
import { readKeyRing } from './key-options.ts';
import type { CheckKind } from './kyc/checks/check.ts';
import { builtInKinds } from './kyc/checks/kinds.ts';
import type { CodeSettings } from './kyc/codes/code-settings.ts';
import type { Program } from './kyc/program.ts';
import type { KnownOperator } from './kyc/review/read-operators.ts';
import type { TransactionLookup } from './kyc/transactions.ts';
import { type Clock, systemClock } from './lib/clock.ts';
import { jsonLogger, type Logger, logLevels, stdoutLines } from './lib/log.ts';
import { readOperatorSettings, readUnmaskCaps } from './operator-options.ts';
import type { SingleSignOnSettings } from './operators/single-sign-on.ts';
import { type Naming, OptionReader, SettingsError } from './option-reader.ts';
import { type SepName, type SharedAccountPolicy, sepNames, sharedAccountPolicies } from './options.ts';
import type { OperatorEndpoint } from './outbox/operator-endpoint.ts';
import { type PageOptions, readPageOptions } from './page-options.ts';
import { type PaymentSettings, readPaymentSettings } from './payment-options.ts';
import { readCodeSettings } from './sender-options.ts';
import type { TomlExtras } from './sep1/toml-extras.ts';
import { type AuthorizationHeaderMode, authorizationHeaderModes } from './sep10/authorization-header.ts';
import type { CustomerIntegration } from './sep12/integration.ts';
import { type Signer, signerFromSeed } from './stellar/ed25519.ts';
import type { UnmaskCap } from './store/audit-store.ts';
import type { Database } from './store/database.ts';
import type { S3Location } from './store/files/s3-location.ts';
import type { KeyRing } from './vault/key-ring.ts';

/** Every setting, checked and defaulted. */
export interface Settings extends PaymentSettings {
  readonly activeSeps: ReadonlySet<SepName>;
  readonly hostUrl: string;
  readonly port: number;
  readonly host: string | undefined;
  readonly homeDomain: string;
  /** At least one: the first is `homeDomain`. */
  readonly homeDomains: readonly string[];
  readonly webAuthDomain: string;
  readonly networkPassphrase: string;
  /** Undefined when Horizon is off. */
  readonly horizonUri: string | undefined;
  readonly signer: Signer;
  readonly jwtKey: Uint8Array;
  /** Undefined when a custom integration keeps the data. */
  readonly keyRing: KeyRing | undefined;
  readonly jwtTtlSeconds: number;
  readonly dataDir: string;
  readonly database: Database;
  /** Where the other half of every data key lies. Never backed up with the database. */
  readonly shredDatabase: Database;
  /** Undefined when files are kept in `dataDir`. */
  readonly filesLocation: S3Location | undefined;
  readonly program: Program;
  /** By name: the built-in kinds of checks and the anchor's own. */
  readonly checkKinds: ReadonlyMap<string, CheckKind>;
  readonly secret: (name: string) => string | undefined;
  readonly worker: boolean;
  readonly codes: CodeSettings;
  /** What customers know the anchor by. */
  readonly appName: string;
  readonly page: PageOptions;
  /** Who may decide; none, and there are no endpoints for it. */
  readonly operators: readonly KnownOperator[];
  /** How many values somebody who sees them masked may look at. */
  readonly unmaskCaps: readonly UnmaskCap[];
  /** Whether there is a review console. */
  readonly console: boolean;
  /** Who says who its operators are. */
  readonly singleSignOn: SingleSignOnSettings | undefined;
  readonly integration: CustomerIntegration | undefined;
  readonly transactions: TransactionLookup | undefined;
  readonly localMode: boolean;
  readonly sharedAccounts: SharedAccountPolicy;
  readonly sep10Authorization: AuthorizationHeaderMode;
  readonly clientAttribution: {
    readonly required: boolean;
    readonly allowlist: readonly string[] | undefined;
    readonly denylist: readonly string[];
    readonly timeoutMs: number;
  };
  /** What the anchor adds to stellar.toml. */
  readonly tomlExtras: TomlExtras;
  readonly operatorEndpoints: readonly OperatorEndpoint[];
  readonly metrics: boolean;
  readonly bodyLimits: BodyLimits;
  readonly log: Logger;
  readonly clock: Clock;
}

const testNetwork = 'Test SDF Network ; September 2015';

/** The Horizon of each public network: asked about accounts of another network, it would know none of them. */
const horizonOf: ReadonlyMap<string, string> = new Map([
  [testNetwork, 'https://horizon-testnet.stellar.org'],
  ['Public Global Stellar Network ; September 2015', 'https://horizon.stellar.org'],
]);
const minJwtKeyLength = 32;
/** Payments are served by whoever says what they take. */
const usualSeps = sepNames.filter((name) => name !== 'sep-6' && name !== 'sep-31');

/**
 * Checks every option, defaults what is left out and freezes the outcome.
 * @throws SettingsError that names every wrong option at once with what is expected, and never repeats a value
 */
export function resolveOptions(options: RawOptions, naming: Naming = 'option'): Settings {
  const reader = new OptionReader(options, naming);
  const settings = readSettings(reader, options);
  checkTogether(reader, settings, options);
  if (reader.faults.length > 0) throw new SettingsError(reader.faults);
  return Object.freeze(settings as Settings);
}

/** Settings of which some may still be missing because they were wrong; the faults say which. */
type Draft = { readonly [K in keyof Settings]: Settings[K] | undefined };

function readSettings(reader: OptionReader, options: RawOptions): Draft {
  const localMode = reader.flag('localMode') ?? false;
  const log = options.logger ?? jsonLogger(reader.oneOf('logLevel', logLevels) ?? 'info', stdoutLines());
  const addresses = readAddresses(reader, localMode);
  const activeSeps = new Set(reader.listOf('activeSeps', sepNames) ?? usualSeps);
  const deciding = readDeciding(reader, options, { localMode, log });
  const stellar = readStellar(reader, options);
  return {
    activeSeps,
    localMode,
    ...addresses,
    ...stellar,
    ...readStorage(reader, options),
    ...readSignInPolicy(reader),
    ...deciding,
    ...readPaymentSettings(reader, options, { program: deciding.program, activeSeps, ...stellar, localMode }),
    appName: reader.text('appName') ?? addresses.homeDomain,
    page: readPageOptions(reader, options.integration !== undefined),
    operators: readOperatorSettings(reader),
    unmaskCaps: readUnmaskCaps(reader),
    ...readConsoleSettings(reader, options, localMode),
    transactions: options.transactions,
    log,
    operatorEndpoints: reader.operatorWebhooks(),
    metrics: reader.flag('metrics') ?? localMode,
    bodyLimits: { ...defaultBodyLimits, ...options.bodyLimits },
    clock: options.clock ?? systemClock,
    horizonUri: readHorizon(reader, localMode),
  };
}

/** What is asked of customers, and what deciding about them needs. */
function readDeciding(
  reader: OptionReader,
  options: RawOptions,
  about: { readonly localMode: boolean; readonly log: Logger },
): Some<'program' | 'checkKinds' | 'secret' | 'worker' | 'codes'> {
  const kinds = checkKindsOf(options);
  const program = reader.program(kinds);
  return {
    program,
    checkKinds: kinds,
    secret: (name) => options.secrets?.[name] || undefined,
    worker: reader.flag('worker') ?? true,
    codes: readCodeSettings(reader, options, { ...about, program: options.integration ? undefined : program }),
  };
}

function checkKindsOf({ checkKinds = [] }: RawOptions): ReadonlyMap<string, CheckKind> {
  return new Map([...builtInKinds, ...checkKinds.map((kind) => [kind.name, kind] as const)]);
}

type Some<K extends keyof Settings> = Pick<Draft, K>;

function readAddresses(
  reader: OptionReader,
  localMode: boolean,
): Some<'port' | 'host' | 'hostUrl' | 'homeDomain' | 'homeDomains' | 'webAuthDomain'> {
  const port = reader.number('port', 0, 65_535) ?? 8000;
  const hostUrl = reader.url('hostUrl', localMode) ?? (localMode ? `http://localhost:${port}` : undefined);
  const url = hostUrl === undefined ? undefined : new URL(hostUrl);
  const homeDomain = reader.domain('homeDomain') ?? url?.host;
  const further = reader.domains('homeDomains') ?? [];
  return {
    port,
    host: reader.text('host') ?? (localMode ? '127.0.0.1' : undefined),
    hostUrl,
    homeDomain,
    homeDomains: homeDomain === undefined ? further : [homeDomain, ...further],
    webAuthDomain: reader.domain('webAuthDomain') ?? url?.hostname,
  };
}

function readStellar(
  reader: OptionReader,
  options: RawOptions,
): Some<'networkPassphrase' | 'signer' | 'jwtKey' | 'keyRing' | 'jwtTtlSeconds' | 'tomlExtras'> {
  return {
    networkPassphrase: reader.text('networkPassphrase') ?? testNetwork,
    signer: reader.secret('signingSeed', 'a Stellar secret seed (S…)', readSeed),
    jwtKey: reader.secret('serverJwtKey', `at least ${minJwtKeyLength} characters`, readJwtKey),
    keyRing: readKeyRing(reader, options),
    jwtTtlSeconds: reader.number('jwtTtl', 1, 31_536_000) ?? 86_400,
    tomlExtras: reader.tomlExtras(),
  };
}

function readStorage(
  reader: OptionReader,
  options: RawOptions,
): Some<'dataDir' | 'database' | 'shredDatabase' | 'filesLocation' | 'integration'> {
  const dataDir = resolve(reader.text('dataDir') ?? 'data');
  return {
    dataDir,
    database: reader.database() ?? { engine: 'sqlite', path: join(dataDir, 'anchor-kyc.db') },
    shredDatabase: reader.database('shredDatabaseUrl') ?? { engine: 'sqlite', path: join(dataDir, 'shreds.db') },
    filesLocation: readFilesUrl(reader),
    integration: options.integration,
  };
}

function readSignInPolicy(reader: OptionReader): Some<'sharedAccounts' | 'sep10Authorization' | 'clientAttribution'> {
  return {
    sharedAccounts: reader.oneOf('sharedAccounts', sharedAccountPolicies) ?? 'mixed',
    sep10Authorization: reader.oneOf('sep10Authorization', authorizationHeaderModes) ?? 'optional',
    clientAttribution: {
      required: reader.flag('clientAttributionRequired') ?? false,
      allowlist: reader.domains('clientAttributionAllowlist'),
      denylist: reader.domains('clientAttributionDenylist') ?? [],
      timeoutMs: reader.number('clientAttributionRequestTimeout', 1, 60_000) ?? 3000,
    },
  };
}

/**
 * Choice: only the public networks have a default. A Horizon of another network knows none of the accounts, and an account
 * that does not exist is let in by its master key alone.
 */
function readHorizon(reader: OptionReader, localMode: boolean): string | undefined {
  const isOff = reader.text('horizonUri')?.toLowerCase() === 'off';
  if (isOff && !localMode) return reader.fault('horizonUri', "the URL of a Horizon server; 'off' is for local mode");
  const given = isOff ? undefined : reader.url('horizonUri', localMode);
  if (given !== undefined || localMode || isOff) return given;
  const standard = horizonOf.get(reader.text('networkPassphrase') ?? testNetwork);
  return (
    standard ?? reader.fault('horizonUri', 'the URL of a Horizon server of this network, which is not a public one')
  );
}

/** What is wrong only in combination. */
function checkTogether(reader: OptionReader, settings: Draft, options: RawOptions): void {
  if (settings.hostUrl === undefined && options.hostUrl === undefined)
    reader.fault('hostUrl', 'the public https URL of this server');
  if (settings.activeSeps?.has('sep-12') && !settings.activeSeps.has('sep-10')) {
    reader.fault('activeSeps', 'sep-10 beside sep-12, which needs a web authentication');
  }
  checkPayments(reader, settings, options);
  const key = `${settings.homeDomain} auth`;
  if (settings.homeDomain !== undefined && Buffer.byteLength(key) > 64)
    reader.fault('homeDomain', 'at most 59 bytes, as challenges hold no more');
}

/** Payments are of the customers of the built-in integration. */
function checkPayments(reader: OptionReader, { activeSeps }: Draft, { integration }: RawOptions): void {
  for (const sep of ['sep-6', 'sep-31'] as const) {
    if (!activeSeps?.has(sep)) continue;
    if (!activeSeps.has('sep-12'))
      reader.fault('activeSeps', `sep-12 beside ${sep}, by which customers are registered`);
    if (integration !== undefined)
      reader.fault('activeSeps', `no ${sep} beside an integration of your own: payments wait for the built-in one`);
  }
}

function readSeed(seed: string): Signer | undefined {
  try {
    return signerFromSeed(seed);
  } catch {
    return undefined;
  }
}

function readJwtKey(key: string): Uint8Array | undefined {
  return key.length < minJwtKeyLength ? undefined : Buffer.from(key, 'utf8');
}
