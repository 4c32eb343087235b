import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { changeFacts } from '../../src/kyc/change-facts.ts';
import { readDossier } from '../../src/kyc/dossier.ts';
import { withTypeRuling } from '../../src/kyc/facts.ts';
import type { ProgramDefinition } from '../../src/kyc/program.ts';
import { openSqliteStore } from '../../src/store/sql/open-store.ts';
import { openSqliteShredKeys } from '../../src/store/sql/sql-shred-keys.ts';
import type { Store } from '../../src/store/store.ts';
import { openIndexKey } from '../../src/vault/index-key.ts';
import { ShreddedKeyRing } from '../../src/vault/shred-keys.ts';
import { recordingLogger } from '../sep12/support.ts';
import { openStandInClamd } from '../support/stand-in-clamd.ts';
import { type ListedEntity, serveWatchman } from '../support/stand-ins/watchman-stand-in.ts';
import { serveYente, type YenteEntity } from '../support/stand-ins/yente-stand-in.ts';
import { type JsonReply, openTestAnchor, randomAccount } from '../support/test-anchor.ts';

/** Whom the stand-ins for the screening engines know. */
export const listedPerson: ListedEntity = { name: 'Viktor Listed', entityType: 'person', sourceID: '7' };
const listedBusiness: ListedEntity = { name: 'Listed Trading', entityType: 'business', sourceID: '8' };
const listedEntity: YenteEntity = { id: 'Q7', schema: 'Person', name: 'Viktor Listed', score: 0.95 };

/** An anchor with one of the example programs, whose services are stand-ins on this machine; everything else is real. */
export interface ExampleAnchor extends AsyncDisposable {
  customer(): ExampleCustomer;
}

/** Somebody on the way through a program. */
export interface ExampleCustomer {
  put(type: string, values: Readonly<Record<string, string | Blob>>): Promise<JsonReply>;
  /** The answer once the status is this one; fails when it does not come to be. */
  reaches(type: string, status: string): Promise<JsonReply['body']>;
  /** The code that was sent last for a field, as local mode logs it. */
  code(field: string): Promise<string>;
  /** A person's word, as a reviewer would give it. */
  rule(type: string, outcome: 'accepted' | 'rejected', reason?: string): Promise<void>;
}

export async function openExample(definition: ProgramDefinition): Promise<ExampleAnchor> {
  const stack = new AsyncDisposableStack();
  const watchman = stack.use(await serveWatchman({ listed: [listedPerson, listedBusiness] }));
  const yente = stack.use(await serveYente({ entities: [listedEntity] }));
  const clamd = stack.use(await openStandInClamd());
  const services: Readonly<Record<string, object>> = {
    watchman: { url: watchman.url },
    yente: { url: yente.url },
    clamav: { ...clamd.address },
  };
  const { logger, lines } = recordingLogger();
  const anchor = stack.use(await openTestAnchor({ program: at(services, definition), logger }));
  const customer = (): ExampleCustomer => {
    const sub = randomAccount();
    let id = '';
    return {
      async put(type, values) {
        const form = new FormData();
        for (const [name, value] of Object.entries({ type, ...values })) form.set(name, value);
        const response = await anchor.call(sub, 'PUT', '/customer', { body: form });
        const body = await response.json();
        id = (body as { id?: string }).id ?? id;
        return { status: response.status, body, headers: response.headers };
      },
      async reaches(type, status) {
        for (let tries = 0; ; tries++) {
          const { body } = await anchor.json(sub, 'GET', `/customer?type=${type}`);
          if (body.status === status) return body;
          assert.ok(tries < 500, `${type} is not ${status} but ${JSON.stringify(body)}`);
          await delay(20);
        }
      },
      async code(field) {
        for (let tries = 0; tries < 500; tries++) {
          const line = lines.findLast(
            ({ fields }) => fields['customer'] === id && fields['field'] === field && 'code' in fields,
          );
          if (line !== undefined) return String(line.fields['code']);
          await delay(20);
        }
        return assert.fail(`no code was sent for ${field}`);
      },
      async rule(type, outcome, reason) {
        const { program, clock, keyRing: ring } = anchor.anchor.settings;
        assert.ok(ring);
        const store = await openSqliteStore(join(anchor.dataDir, 'anchor-kyc.db'), clock);
        const shreds = await openSqliteShredKeys(join(anchor.dataDir, 'shreds.db'));
        const keyRing = new ShreddedKeyRing(ring, shreds);
        const parts = { store, program, clock, keyRing, indexKey: await openIndexKey(ring, store.keys) };
        const all = [...program.checks.keys()];
        if (outcome === 'accepted') await untilInReview(store, id, type);
        await changeFacts(parts, id, {
          cause: () => ({ kind: 'operator', who: 'ann' }),
          learn: (dossier, now) =>
            withTypeRuling(
              dossier,
              type,
              { outcome, by: 'ann', at: now, ...(reason && { reason }) },
              { asked: all, everAsked: all },
            ),
        });
        await shreds.close();
        await store.close();
      },
    };
  };
  return { customer, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** A person accepts nobody whose checks are under way. */
async function untilInReview(store: Store, id: string, type: string): Promise<void> {
  for (let n = 0; n < 400; n++) {
    const record = await store.findCustomerById(id);
    if (readDossier(record?.dossier ?? '{}').standings[type]?.state === 'in-review') return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`${type} was never to be reviewed`);
}

/** The program with the addresses of these services in place of its own. */
function at(
  services: Readonly<Record<string, object>>,
  { checks = {}, ...rest }: ProgramDefinition,
): ProgramDefinition {
  const moved = Object.entries(checks).map(([name, check]) => {
    const { url: _url, host: _host, port: _port, socket: _socket, ...settings } = check.settings ?? {};
    const place = services[check.use];
    return [name, place === undefined ? check : { ...check, settings: { ...settings, ...place } }];
  });
  return { ...rest, checks: Object.fromEntries(moved) };
}

/** A photo of a document: a real JPEG of that size, of noise, so that no two are alike. */
export async function photo(width = 1000, height = 1000): Promise<Blob> {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const image = sharp({ create: { width, height, channels: 3, background: '#888888', noise } });
  return new Blob([new Uint8Array(await image.jpeg().toBuffer())], { type: 'image/jpeg' });
}
