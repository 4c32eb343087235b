import type { BodyLimits } from './http/body-limits.ts';
import type { CheckKind } from './kyc/checks/check.ts';
import type { CodeSender } from './kyc/codes/senders/code-sender.ts';
import type { MissingMode, ProgramDefinition } from './kyc/program.ts';
import type { TransactionLookup } from './kyc/transactions.ts';
import type { Clock } from './lib/clock.ts';
import type { Logger, LogLevel } from './lib/log.ts';
import type { SingleSignOnSettings } from './operators/single-sign-on.ts';
import type { OperatorWebhook } from './outbox/operator-endpoint.ts';
import type { RailsIntegration } from './payments/rails.ts';
import type { TransferAsset } from './sep6/settings.ts';
import type { TransferIntegration } from './sep6/transfer-integration.ts';
import type { AuthorizationHeaderMode } from './sep10/authorization-header.ts';
import type { CustomerIntegration } from './sep12/integration.ts';
import type { PaymentAsset } from './sep31/settings.ts';

/** The SEPs this release can serve. */
export const sepNames = ['sep-1', 'sep-10', 'sep-12', 'sep-6', 'sep-31'] as const;

/** @see sepNames */
export type SepName = (typeof sepNames)[number];

/** Whether one account may sign in both as its own and as shared by many users (ruling 7). */
export const sharedAccountPolicies = ['mixed', 'strict'] as const;

/** @see sharedAccountPolicies */
export type SharedAccountPolicy = (typeof sharedAccountPolicies)[number];

/**
 * Every setting. The environment variable of each stands in `environment.ts`; a wrong value is a TypeError at construction that names
 * every wrong one at once.
 */
export interface Options {
  /** The SEPs to serve, of `sep-1`, `sep-10`, `sep-12`, `sep-6`, `sep-31`; what is left out has no routes and no line in stellar.toml. Default: the first three. */
  readonly activeSeps?: readonly SepName[] | undefined;
  /** The public URL of this server, without a slash at the end. Local mode: `http://localhost:PORT`. */
  readonly hostUrl?: string | undefined;
  /** The port to listen on. Default: 8000. */
  readonly port?: number | undefined;
  /** The address to listen on. Default: every one; in local mode `127.0.0.1`. */
  readonly host?: string | undefined;
  /** The domain whose stellar.toml names this server. Default: the host of `hostUrl`, with its port if it has one. */
  readonly homeDomain?: string | undefined;
  /** Further home domains that wallets may sign in to. */
  readonly homeDomains?: readonly string[] | undefined;
  /** The domain that challenges say they come from. Default: the host name of `hostUrl`, without a port. */
  readonly webAuthDomain?: string | undefined;
  /** The Stellar network's passphrase. Default: the test network's. */
  readonly networkPassphrase?: string | undefined;
  /** The Horizon server that knows accounts and their signers; `off` (local mode only, and its default) asks nobody. */
  readonly horizonUri?: string | undefined;
  /** The secret seed (`S…`) of the account that signs challenges and callbacks. Local mode: made and kept in `dataDir`. */
  readonly signingSeed?: string | undefined;
  /** The secret that signs session tokens, at least 32 characters. Local mode: made and kept in `dataDir`. */
  readonly serverJwtKey?: string | undefined;
  /**
   * Key-encryption keys, separated by commas; the first wraps, all open. Each is `id:base64` (32 bytes), `id:aws-kms:KEY` (ARN, id or alias) or
   * `id:vault-transit:NAME` (`MOUNT/NAME` if it is not mounted at `transit`). Local mode: made and kept in `dataDir`.
   */
  readonly encryptionKeys?: string | undefined;
  /** The address of the Vault or OpenBao that keeps keys: https, or http on this machine. */
  readonly vaultAddr?: string | undefined;
  /** A token for it that may `update` `transit/encrypt/NAME`, `decrypt/NAME` and `rewrap/NAME`. */
  readonly vaultToken?: string | undefined;
  /** The file that holds such a token, in place of `vaultToken`; read anew for each call, so an agent may renew it. */
  readonly vaultTokenFile?: string | undefined;
  /** The namespace there. Default: none. */
  readonly vaultNamespace?: string | undefined;
  /** How long a call to a key service may take with all its attempts, in milliseconds. Default: 3000. */
  readonly keyServiceTimeout?: number | undefined;
  /** How many data keys that a key service opened are kept in memory; 0 for none. Local keys need none. Default: 10000. */
  readonly dataKeyCacheSize?: number | undefined;
  /** How long each of them is kept, in seconds. Default: 300. */
  readonly dataKeyCacheTtl?: number | undefined;
  /** How long a session token is good, in seconds. Default: 86400. */
  readonly jwtTtl?: number | undefined;
  /** Where the database, the sealed files and, in local mode, the secrets are kept. Default: `./data`. */
  readonly dataDir?: string | undefined;
  /** The database, `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`. Default: `sqlite:` and `anchor-kyc.db` in `dataDir`. */
  readonly databaseUrl?: string | undefined;
  /**
   * The shred store, `sqlite:PATH` or `postgres://…`, another database than the first: the other half of every customer's data key. Never back it up together with the database; see docs/operating.md. Default:
   * `sqlite:` and `shreds.db` in `dataDir`.
   */
  readonly shredDatabaseUrl?: string | undefined;
  /**
   * Where the sealed files are kept: `s3://BUCKET/PREFIX?region=REGION`, for a store other than AWS with `&endpoint=URL` (and `&pathStyle=0` if
   * it names buckets by host). Needs the package `@aws-sdk/client-s3`; credentials come from where AWS's tools find them. Default: `files` in `dataDir`.
   */
  readonly filesUrl?: string | undefined;
  /** What is asked of customers. Default: a program with the types sep31-sender, sep31-receiver, sep6-deposit, sep6-withdraw. */
  readonly program?: ProgramDefinition | undefined;
  /** Kinds of checks of your own, which the program may use beside the built-in ones. */
  readonly checkKinds?: readonly CheckKind[] | undefined;
  /** Secrets of the services that checks ask, by name. Default, by environment: the variables of those names. */
  readonly secrets?: Readonly<Record<string, string | undefined>> | undefined;
  /** Whether this process also does what is to be done behind requests: running checks, watching the clock. Default: true. */
  readonly worker?: boolean | undefined;
  /** The mail server that sends confirmation codes: `smtp://user:password@host:587`, or `smtps:`. Default: none; in local mode the log. */
  readonly smtpUrl?: string | undefined;
  /** The address that mail comes from: `Name <address>`. */
  readonly mailFrom?: string | undefined;
  /** The API that sends confirmation codes by SMS: Twilio's Messages API or one that speaks it. Default: `https://api.twilio.com`. */
  readonly smsUrl?: string | undefined;
  /** The account at that API. */
  readonly smsAccountSid?: string | undefined;
  /** The token of that account. */
  readonly smsAuthToken?: string | undefined;
  /** The number, name or messaging service (`MG…`) that SMS come from. */
  readonly smsFrom?: string | undefined;
  /** Countries (two letters) whose numbers are written to; a short list keeps out those who make money of SMS. Default: every one. */
  readonly smsCountries?: readonly string[] | undefined;
  /** How many codes one address or number gets in 24 hours. Default: 10. */
  readonly codesPerValue?: number | undefined;
  /** How many codes one account, or one user of a shared account, is sent in 24 hours. Default: 20. */
  readonly codesPerAccount?: number | undefined;
  /** How many SMS are sent in an hour altogether. Default: any number. */
  readonly smsPerHour?: number | undefined;
  /** What customers know the anchor by, in the messages they get and on their page. Default: `homeDomain`. */
  readonly appName?: string | undefined;
  /** Whether there is a page for customers, at `/kyc`. Default: true; false with an `integration` of your own. */
  readonly customerPage?: boolean | undefined;
  /** How long a link to that page can be opened, in seconds, 60 to 604800. Default: 900. */
  readonly customerLinkTtl?: number | undefined;
  /** How long a visit of it lasts, in seconds, 300 to 86400. Default: 3600. */
  readonly customerSessionTtl?: number | undefined;
  /** The colour of its buttons and links, `#rrggbb`; made darker or lighter until it can be read. Default: `#1f5fbf`. */
  readonly brandColor?: string | undefined;
  /** Where customers get help: an e-mail address or an https URL, shown on the page. Default: none. */
  readonly supportContact?: string | undefined;
  /** What sends confirmation codes in place of that, at most one for each channel. */
  readonly codeSenders?: readonly CodeSender[] | undefined;
  /** Who may decide about customers under `/operator`: `name:role:token`, separated by commas. Roles: viewer, reviewer, lead, admin. Tokens: at least 32 characters. Default: nobody, and no such endpoints. */
  readonly operators?: string | undefined;
  /** How many masked values a viewer may look at in an hour, all customers taken together. What is too many is refused and written down. Default: 20. */
  readonly unmaskingsPerHour?: number | undefined;
  /** The same for 24 hours. Default: 60. */
  readonly unmaskingsPerDay?: number | undefined;
  /** Whether reviewers have pages of their own at `/console`. Nobody can sign in there before `anchor-kyc admin create`. Default: false; in local mode true. */
  readonly console?: boolean | undefined;
  /**
   * Who says who the operators of the console are, by OpenID Connect: `{ issuer, clientId, clientSecret }`, as JSON in the environment. It is told
   * `HOST_URL/console/single-sign-on/callback` as redirect URI. Default: nobody; operators have passwords and passkeys.
   */
  readonly consoleSingleSignOn?: SingleSignOnSettings | undefined;
  /** Your own customers in place of the built-in integration. */
  readonly integration?: CustomerIntegration | undefined;
  /** What a `transaction_id` is about, for the built-in integration. Default: no transaction exists. */
  readonly transactions?: TransactionLookup | undefined;
  /** For SEP-31: the accounts (`G…`) of the sending anchors that you have an agreement with. All others are refused. */
  readonly sep31SendingAnchors?: readonly string[] | undefined;
  /** For SEP-31: the account (`G…`) that payments are to be sent to. */
  readonly sep31Account?: string | undefined;
  /** For SEP-31: what you take, by asset code: issuer, limits, fees, funding methods, customer types; as JSON in the environment. See docs/payments.md. */
  readonly sep31Assets?: Readonly<Record<string, PaymentAsset>> | undefined;
  /** For SEP-31: whether a payment is refused while data of a customer is missing (`refuse`), or taken and held (`hold`). Default: as the program says for the type (`whenMissing`). */
  readonly sep31MissingKyc?: MissingMode | undefined;
  /**
   * For SEP-31: whether payments to `sep31Account` are looked for at `horizonUri`. `now`: from the first start on; a paging token of Horizon's: from there on, when it is the first start;
   * `off`: you tell of money yourself. Default: `now` where Horizon is not off.
   */
  readonly sep31Observer?: string | undefined;
  /** For SEP-6: what may be deposited, withdrawn and exchanged, by asset code: issuer, limits, fees, funding methods, customer types; as JSON in the environment. See docs/payments.md. */
  readonly sep6Assets?: Readonly<Record<string, TransferAsset>> | undefined;
  /** For SEP-6: whether a transfer is refused while its customer is not accepted (`refuse`), or taken and held (`hold`). Default: as the program says for the type (`whenMissing`), else `hold`. */
  readonly sep6MissingKyc?: MissingMode | undefined;
  /** For SEP-6: the accounts (`G…`) that withdrawals are sent to; payments to them are looked for at `horizonUri`. Default: none, you tell of money yourself. */
  readonly sep6Accounts?: readonly string[] | undefined;
  /** For SEP-6: from where on payments to `sep6Accounts` are looked for, as in `sep31Observer`; `off`: they are not. Default: `now` where Horizon is not off. */
  readonly sep6Observer?: string | undefined;
  /** For SEP-6: what says where the money of transfers is to go; in the environment a .ts or .js file whose default export it is. Default: in local mode one that says that it is none. */
  readonly transfers?: TransferIntegration | undefined;
  /** What pays out released payments; in the environment a .ts or .js file whose default export it is. Default: nothing: you look at payments yourself. */
  readonly rails?: RailsIntegration | undefined;
  /** Keys are made where missing, http and loopback are allowed, Horizon may be off. Never for real customers. Default: false. */
  readonly localMode?: boolean | undefined;
  /** `strict`: the first sign-in of an account fixes whether it is shared. Default: `mixed`. */
  readonly sharedAccounts?: SharedAccountPolicy | undefined;
  /** Whether wallets must sign their requests for a challenge. Default: `optional`: a header that is there must be right. */
  readonly sep10Authorization?: AuthorizationHeaderMode | undefined;
  /** Whether wallets must prove their domain. Default: false. */
  readonly clientAttributionRequired?: boolean | undefined;
  /** The only wallet domains that are proved; others are treated as not given. Default: any. */
  readonly clientAttributionAllowlist?: readonly string[] | undefined;
  /** Wallet domains that are refused. */
  readonly clientAttributionDenylist?: readonly string[] | undefined;
  /** How long a wallet's stellar.toml may take, in milliseconds. Default: 3000. */
  readonly clientAttributionRequestTimeout?: number | undefined;
  /** TOML text with tables to add to stellar.toml: DOCUMENTATION, CURRENCIES, PRINCIPALS, VALIDATORS, ACCOUNTS. */
  readonly stellarToml?: string | undefined;
  /**
   * Where you want to be told of events, by Standard Webhooks: a list of `{ url, secret, events, allowPrivate }`, as JSON in the environment.
   * `secret` is `whsec_…`; `events` some of those in docs/operating.md, all unless said; `allowPrivate` lets the URL be http, of any
   * port, and inside your own network. Default: nowhere.
   */
  readonly operatorWebhooks?: readonly OperatorWebhook[] | undefined;
  /** Whether `GET /metrics` answers, to anybody who asks: close it at your proxy. Default: false; in local mode true. */
  readonly metrics?: boolean | undefined;
  /** How much of a request is read before it is refused with 413. Default: 10 MB a file, 60 MB in all, 256 kB of text. */
  readonly bodyLimits?: Partial<BodyLimits> | undefined;
  /** From which severity on to log. Default: `info`. */
  readonly logLevel?: LogLevel | undefined;
  /** The log to write to, in place of JSON lines on standard output. */
  readonly logger?: Logger | undefined;
  /** The time, for tests. */
  readonly clock?: Clock | undefined;
}
