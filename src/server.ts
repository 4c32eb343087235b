import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { buildWebAuth } from './build-web-auth.ts';
import { openConsoleDoor } from './console-door.ts';
import { type CustomerLinkRequest, customerPageRoutes, linkFor, openLinks, pageUrlOf } from './customer-page.ts';
import type { RawOptions } from './environment.ts';
import { type App, createApp } from './http/app.ts';
import { healthRoutes, sep1Routes } from './http/discovery-routes.ts';
import { type Listening, listen } from './http/listen.ts';
import { metricsRoutes } from './http/metrics-routes.ts';
import { openApiRoutes } from './http/openapi/openapi-routes.ts';
import { toResponse } from './http/reply.ts';
import { type Answered, RequestMetrics } from './http/request-metrics.ts';
import type { Route } from './http/route.ts';
import { sep6Path } from './http/sep6-routes.ts';
import { sep10Routes } from './http/sep10-routes.ts';
import { sep12Routes } from './http/sep12-routes.ts';
import { sep31Path } from './http/sep31-routes.ts';
import { unreadOnly } from './http/unread-body.ts';
import { webhookRoutes } from './http/webhook-routes.ts';
import type { BuiltInParts } from './kyc/built-in-integration.ts';
import { eraseRestored } from './kyc/finish-erasures.ts';
import { type BuiltIn, openBuiltIn } from './kyc/open-built-in.ts';
import { CallCounter } from './lib/call-counter.ts';
import { newToken } from './lib/ids.ts';
import { openBlobs } from './open-blobs.ts';
import { operatorDoors, paymentDoors } from './open-doors.ts';
import { openShreds } from './open-shreds.ts';
import type { Naming } from './option-reader.ts';
import type { Options } from './options.ts';
import { DeliveryMetrics } from './outbox/delivery-metrics.ts';
import { ownFieldsOf } from './own-fields.ts';
import { type GateAnswer, type GateRequest, gate } from './payments/gate.ts';
import { paymentLookup } from './payments/payment-lookup.ts';
import { Payments } from './payments/payments.ts';
import type { CustomerLink, CustomerLinks } from './portal/links.ts';
import { release } from './release.ts';
import { renderMetrics } from './render-metrics.ts';
import { resolveOptions, type Settings } from './resolve-options.ts';
import { stellarToml } from './sep1/stellar-toml.ts';
import { withLocalSecrets } from './setting-files.ts';
import { shareCounts } from './shared-counts.ts';
import { startWork } from './start-work.ts';
import { makeDirectory } from './store/files/make-directory.ts';
import { SealedFiles } from './store/files/sealed-files.ts';
import { startSweeping } from './store/files/sweep.ts';
import { openStore } from './store/sql/open-store.ts';
import type { SqlShredKeys } from './store/sql/sql-shred-keys.ts';
import type { Store } from './store/store.ts';
import { checkKeys } from './vault/check-keys.ts';
import type { RunningTasks } from './worker/start-tasks.ts';

/** What an embedder asks about customers. */
export interface Kyc {
  /** Whether somebody's money may move, and if not what to answer. @see gate */
  gate(request: GateRequest): Promise<GateAnswer>;
}

/** An anchor's KYC, ready to serve. */
export interface Anchor {
  /** The settings it runs with, checked and defaulted. */
  readonly settings: Settings;
  /** What is asked about customers from within; undefined with an integration of your own. */
  readonly kyc: Kyc | undefined;
  /** Payments, where SEP-6 or SEP-31 is served: tell it of money that came, and of what became of money that went. */
  readonly payments: Payments | undefined;
  /** The web-standard handler: mount it wherever `Request` and `Response` are spoken. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** The same handler for `node:http`, Express and Fastify. No body parser may have read the request before it. */
  readonly nodeHandler: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /**
   * A link to the customer page, to be opened once and soon. Whoever has it acts as that customer: give it to nobody else.
   * @throws KycError `not_implemented` where the page is off, `customer_not_found` for an id that is no customer's
   */
  customerLink(request: CustomerLinkRequest): Promise<CustomerLink>;
  /**
   * Serves on `settings.port`. Makes the process' `Request` and `Response` the Node adapter's faster ones.
   * @throws Error when the port cannot be had
   */
  listen(): Promise<Listening>;
  /** Lets requests in flight finish, for at most ten seconds, and lets go of the database. */
  close(): Promise<void>;
}

/** How long a stop waits for requests in flight. */
const graceMs = 10_000;

/**
 * Builds an anchor from options, opens its store and checks its keys.
 * @throws TypeError naming every option that is wrong
 */
export async function createAnchor(options: Options = {}): Promise<Anchor> {
  return openAnchor(options, 'option');
}

/** @see createAnchor; `naming` says how messages call the settings. */
export async function openAnchor(options: RawOptions, naming: Naming): Promise<Anchor> {
  const dataDirOf = (known: RawOptions): string => resolveOptions(known, naming).dataDir;
  const settings = resolveOptions(await withLocalSecrets(withoutUndefined(options), dataDirOf), naming);
  await makeDirectory(settings.dataDir);
  const { database, shredDatabase } = settings;
  for (const each of [database, shredDatabase]) if (each.engine === 'sqlite') await makeDirectory(dirname(each.path));
  const store = await openStore(database, settings.clock);
  const opened: { shreds?: SqlShredKeys } = {};
  try {
    if (settings.keyRing) {
      await checkKeys(settings.keyRing, store.keys);
      opened.shreds = await openShreds(shredDatabase, store);
      const restored = await eraseRestored(store, opened.shreds);
      if (restored > 0)
        settings.log.warn({ customers: restored }, 'erased again: a restored backup had brought them back');
    }
    return await assemble(settings, store, opened.shreds);
  } catch (error) {
    await opened.shreds?.close();
    await store.close();
    throw error;
  }
}

async function assemble(settings: Settings, store: Store, shreds: SqlShredKeys | undefined): Promise<Anchor> {
  const files = new SealedFiles(await openBlobs(settings), settings.log);
  const sweeping = startSweeping(files, store, settings);
  const work: { running?: RunningTasks } = {};
  const links = openLinks(settings);
  const parts = { store, files, shreds, ...pageUrlOf(links) };
  const builtIn = await openOwn(settings, parts, () => work.running?.poke());
  const payments = builtIn && (settings.sep31 ?? settings.sep6) && new Payments(builtIn.parts);
  const calls = new CallCounter();
  const health = { isOpen: () => calls.isOpen, ping: () => store.ping() };
  const metrics = new DeliveryMetrics();
  const requests = new RequestMetrics();
  const countsOfAll = shareCounts(() => ({ requests: requests.counts, deliveries: metrics.counts }));
  const measured = async (): Promise<string> => renderMetrics(await countsOfAll(), store, settings.clock.now());
  const routes = [
    ...(await protocolRoutes(settings, { store, files, builtIn, payments, links })),
    ...healthRoutes(health),
    ...(settings.metrics ? metricsRoutes(measured) : []),
  ];
  const basePath = new URL(settings.hostUrl).pathname.replace(/\/+$/, '');
  const counting = settings.metrics && { onAnswer: (answered: Answered) => requests.record(answered) };
  const app = createApp([...routes, ...describing(routes, settings)], { log: settings.log, basePath, ...counting });
  const console = builtIn && openConsoleDoor(settings, store, builtIn);
  const fetch: App = (request, incoming) =>
    calls.count(() => (console?.isFor(request) ? console.handle(request) : app(request, incoming)));
  const adapt = (isOurs: boolean): Anchor['nodeHandler'] =>
    getRequestListener((request, { incoming }) => fetch(request, isOurs ? incoming : undefined), {
      overrideGlobalObjects: isOurs,
      hostname: settings.webAuthDomain,
      errorHandler: () => malformedRequest(),
    });
  const listening = new Set<Listening>();
  const close = async (): Promise<void> => {
    if (!calls.close()) return;
    sweeping.stop();
    // Side by side: a provider that a check waits for must not use up the time that requests have to finish.
    await Promise.all([withinGrace(work.running?.stop()), ...Array.from(listening, (server) => server.close(graceMs))]);
    await calls.settle(graceMs);
    await shreds?.close();
    await store.close();
  };
  if (builtIn !== undefined && settings.worker) work.running = startWork(settings, store, builtIn, metrics);
  return {
    settings,
    kyc: builtIn && { gate: (request) => gate(builtIn.parts, request) },
    payments,
    fetch: (request) => fetch(request),
    nodeHandler: unreadOnly(adapt(false), settings.log),
    close,
    customerLink: (request) => linkFor(links, settings, store, request),
    listen: async () => {
      const server = await listen(adapt(true), settings);
      listening.add(server);
      return server;
    },
  };
}

/** Waits no longer than a stop may take: whatever is not done by then has a lease that ends, and is done again. */
async function withinGrace(done: Promise<void> | undefined): Promise<void> {
  await Promise.race([done, delay(graceMs, undefined, { ref: false })]);
}

/** For what the Node adapter itself refuses: a target or a Host that is no URL. */
function malformedRequest(): Response {
  return toResponse({ status: 400, body: { error: 'malformed request' } }, newToken(64));
}

/** An option given as undefined, as an embedder copies it from an environment, is one left out. */
function withoutUndefined(options: RawOptions): RawOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** What the routes lead to. */
interface Behind {
  readonly store: Store;
  readonly files: SealedFiles;
  readonly builtIn: BuiltIn | undefined;
  readonly payments: Payments | undefined;
  readonly links: CustomerLinks | undefined;
}

async function protocolRoutes(
  settings: Settings,
  { store, files, builtIn, payments, links }: Behind,
): Promise<Route[]> {
  const { activeSeps, hostUrl } = settings;
  const auth = await buildWebAuth(settings, store);
  const isActive = (sep: string): boolean => [...activeSeps].some((active) => active === sep);
  const toml = stellarToml({
    networkPassphrase: settings.networkPassphrase,
    signingKey: settings.signer.account,
    homeDomain: settings.homeDomain,
    ...(settings.localMode && { orgUrl: hostUrl }),
    ...(isActive('sep-10') && { webAuthEndpoint: auth.endpoint }),
    ...(isActive('sep-12') && { kycServer: hostUrl }),
    ...(isActive('sep-6') && { transferServer: `${hostUrl}${sep6Path}` }),
    ...(isActive('sep-31') && { directPaymentServer: `${hostUrl}${sep31Path}` }),
    extras: settings.tomlExtras,
  });
  const integration = settings.integration ?? builtIn?.integration;
  if (integration === undefined) throw new TypeError('encryptionKeys: the built-in integration needs them');
  const receiving = {
    limits: settings.bodyLimits,
    storeFile: (plain: AsyncIterable<Uint8Array>) => files.store(plain),
    ownFields: ownFieldsOf(settings),
  };
  return [
    ...(isActive('sep-1') ? sep1Routes(toml) : []),
    ...(isActive('sep-10') ? sep10Routes(auth) : []),
    ...(isActive('sep-12')
      ? sep12Routes({
          integration,
          tokens: auth.tokens,
          ...receiving,
          allowLoopback: settings.localMode,
        })
      : []),
    ...paymentDoors(settings, builtIn, payments, auth),
    ...operatorDoors(settings, store, builtIn, payments, links),
    ...(links ? customerPageRoutes(settings, { links, integration, store, receiving }) : []),
    ...(builtIn?.runner.hearsAny ? webhookRoutes(builtIn.runner, () => settings.clock.now()) : []),
  ];
}

/** What is served, told to whoever writes a client. */
function describing(routes: readonly Route[], settings: Settings): readonly Route[] {
  return openApiRoutes(routes, {
    hostUrl: settings.hostUrl,
    version: release,
    limits: settings.bodyLimits,
    ownFields: ownFieldsOf(settings),
    customerTypes: settings.integration === undefined ? [...settings.program.types.keys()] : undefined,
    withPage: settings.localMode,
  });
}

/** The built-in integration, unless the anchor has its own. */
async function openOwn(
  settings: Settings,
  stores: Pick<BuiltInParts, 'store' | 'files' | 'pageUrl'> & { readonly shreds: SqlShredKeys | undefined },
  poke: () => void,
): Promise<BuiltIn | undefined> {
  const { keyRing, program, log, clock, transactions, checkKinds: kinds, secret, integration, unmaskCaps } = settings;
  if (integration !== undefined || keyRing === undefined) return undefined;
  const codes = { ...settings.codes, appName: settings.appName };
  const parts = { ...stores, keyRing, program, log, clock, kinds, secret, poke, codes, unmaskCaps };
  const hasPayments = settings.sep31 !== undefined || settings.sep6 !== undefined;
  const lookup = hasPayments ? paymentLookup(stores.store, transactions) : transactions;
  return openBuiltIn({ ...parts, ...(lookup && { transactions: lookup }) });
}
