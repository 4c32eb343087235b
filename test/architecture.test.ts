import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

/** Who may import whom: from each room, the rooms below it. `sep12/integration` is the port, open to its adapters. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  metrics: [],
  messages: ['lib'],
  errors: ['messages'],
  'error-pages': ['errors'],
  stellar: ['errors', 'messages'],
  sep9: ['errors', 'messages'],
  vault: ['errors', 'lib', 'stellar'],
  sep1: ['errors', 'stellar'],
  sep10: ['errors', 'messages', 'lib', 'stellar'],
  'sep12/integration': ['sep9', 'stellar'],
  sep12: ['errors', 'messages', 'lib', 'sep9', 'stellar', 'sep12/integration'],
  // What payments are and where they may go: data that the store holds them to.
  'payments/moves': [],
  'payments/payment': ['stellar', 'payments/moves'],
  store: ['errors', 'messages', 'lib', 'payments/moves', 'payments/payment', 'stellar', 'vault'],
  audit: ['lib', 'stellar', 'store'],
  backup: ['audit', 'lib', 'release', 'store', 'vault'],
  outbox: ['errors', 'messages', 'metrics', 'lib', 'stellar', 'store', 'vault'],
  portal: ['errors', 'messages', 'lib', 'sep9', 'sep12', 'sep12/integration', 'stellar'],
  kyc: [
    ...['errors', 'messages', 'lib', 'payments/moves', 'payments/payment'],
    ...['sep9', 'sep12/integration', 'stellar', 'store', 'vault'],
  ],
  payments: [
    ...['errors', 'messages', 'lib', 'kyc', 'payments/moves', 'payments/payment'],
    ...['sep9', 'sep12/integration', 'stellar', 'store', 'vault'],
  ],
  observer: ['errors', 'messages', 'lib', 'payments', 'payments/payment', 'stellar', 'store'],
  sep31: [
    ...['errors', 'messages', 'lib', 'kyc', 'payments', 'payments/moves', 'payments/payment'],
    ...['sep9', 'sep12', 'stellar', 'store'],
  ],
  sep6: [
    ...['errors', 'messages', 'lib', 'kyc', 'payments', 'payments/moves', 'payments/payment'],
    ...['sep9', 'sep12', 'sep12/integration', 'stellar', 'store'],
  ],
  http: [
    ...[
      'errors',
      'error-pages',
      'messages',
      'metrics',
      'lib',
      'payments/moves',
      'sep1',
      'sep6',
      'sep9',
      'sep10',
      'sep12',
    ],
    ...['sep12/integration', 'sep31', 'stellar'],
  ],
  operators: ['errors', 'messages', 'lib', 'kyc', 'store', 'vault'],
  console: ['errors', 'error-pages', 'messages', 'lib', 'sep9', 'kyc', 'operators', 'delivery-desk', 'store'],
  worker: ['lib', 'store'],
  testing: ['errors', 'messages', 'sep12', 'sep12/integration', 'stellar'],
  options: ['http', 'operators', 'kyc', 'lib', 'outbox', 'payments', 'sep6', 'sep10', 'sep12/integration', 'sep31'],
  environment: ['options'],
  'option-reader': ['environment', 'kyc', 'outbox', 'sep1', 'stellar', 'store'],
  'payment-options': ['environment', 'kyc', 'option-reader', 'payments', 'sep6', 'sep31', 'stellar'],
  'sender-options': ['environment', 'kyc', 'lib', 'option-reader'],
  'console-options': ['environment', 'operators', 'option-reader'],
  'operator-options': ['kyc', 'option-reader'],
  'key-options': ['environment', 'option-reader', 'vault'],
  'file-options': ['option-reader', 'store'],
  'page-options': ['option-reader'],
  'resolve-options': [
    'key-options',
    'file-options',
    'operator-options',
    'page-options',
    'payment-options',
    'console-options',
    'operators',
    'sender-options',
    'environment',
    'http',
    'kyc',
    'lib',
    'option-reader',
    'options',
    'outbox',
    'sep1',
    'sep10',
    'sep12/integration',
    'stellar',
    'store',
    'vault',
  ],
  'setting-files': ['environment', 'kyc', 'option-reader', 'resolve-options', 'store', 'vault'],
  'secret-files': ['environment', 'option-reader'],
  'command-words': [],
  'run-workers': ['lib', 'shared-counts'],
  'shared-counts': ['http', 'outbox'],
  'render-metrics': ['http', 'metrics', 'outbox', 'release', 'shared-counts', 'store'],
  'delivery-desk': ['errors', 'kyc', 'lib', 'outbox', 'store'],
  'own-fields': ['resolve-options'],
  'build-web-auth': ['lib', 'outbox', 'resolve-options', 'sep10', 'store'],
  'customer-page': ['errors', 'http', 'kyc', 'portal', 'resolve-options', 'sep12/integration', 'stellar', 'store'],
  'link-desk': ['customer-page', 'errors', 'kyc', 'portal', 'store'],
  'deliveries-command': ['command-words', 'environment', 'lib', 'outbox', 'setting-files', 'store'],
  'audit-command': [
    'audit',
    'command-words',
    'environment',
    'lib',
    'resolve-options',
    'setting-files',
    'stellar',
    'store',
  ],
  'backup-command': ['audit', 'backup', 'command-words', 'environment', 'setting-files'],
  'open-shreds': ['store'],
  'shreds-command': ['backup', 'command-words', 'environment', 'lib', 'open-shreds', 'setting-files', 'store'],
  'open-blobs': ['resolve-options', 'store'],
  'console-door': ['console', 'delivery-desk', 'kyc', 'operators', 'resolve-options', 'store', 'vault'],
  'admin-command': [
    'command-words',
    'environment',
    'errors',
    'kyc',
    'lib',
    'operators',
    'resolve-options',
    'store',
    'vault',
  ],
  banner: ['resolve-options'],
  release: [],
  server: ['*'],
  'open-doors': ['*'],
  'program-command': ['*'],
  'export-command': ['*'],
  'keys-command': ['*'],
  'start-work': ['*'],
  'reevaluation-thread': ['errors', 'kyc', 'lib', 'store', 'vault'],
  'reevaluation-entry': ['errors', 'kyc', 'lib', 'reevaluation-thread', 'store', 'vault'],
  demo: ['kyc', 'sep10', 'server', 'stellar'],
  index: ['*'],
  cli: ['*'],
};

/** Files that are data, not code: as long as their subject. */
const dataFiles = /^src\/(sep9\/catalogue|messages\/catalogues\/[a-z]{2})\.ts$/;
const maxFileLines = 300;
const maxFunctionLines = 60;
const libFiles = 6;

const root = resolve(import.meta.dirname, '..');
const sources = await readSources(join(root, 'src'));

interface Source {
  readonly path: string;
  readonly text: string;
}

async function readSources(directory: string): Promise<Source[]> {
  const names = await readdir(directory, { recursive: true });
  const files = names.filter((name) => name.endsWith('.ts'));
  return Promise.all(
    files.map(async (name) => ({
      path: relative(root, join(directory, name)),
      text: await readFile(join(directory, name), 'utf8'),
    })),
  );
}

function roomOf(path: string): string {
  const name = path.replace(/^src\//, '').replace(/\.ts$/, '');
  if (name in allowed) return name;
  return name.split('/')[0] ?? name;
}

function importsOf({ path, text }: Source): string[] {
  const specifiers = [...text.matchAll(/\bfrom '([^']+)'|\bimport\('([^']+)'\)/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
  return specifiers.map((specifier) =>
    specifier.startsWith('.') ? relative(root, resolve(root, dirname(path), specifier)) : specifier,
  );
}

test('[house.rooms] every source file lives in a room of the table', () => {
  for (const { path } of sources)
    assert.ok(roomOf(path) in allowed, `${path} is in no room that test/architecture.test.ts knows`);
});

test('[house.arrows] rooms import only what lies below them', () => {
  for (const source of sources) {
    const from = roomOf(source.path);
    for (const target of importsOf(source).filter((path) => path.startsWith('src/'))) {
      const to = roomOf(target);
      const fine = to === from || allowed[from]?.includes(to) || allowed[from]?.includes('*');
      assert.ok(fine, `${source.path} must not import ${target}: ${from} → ${to} is no arrow of the house`);
    }
  }
});

test('[house.frameworks] only the composition root and http know the HTTP adapter, only store knows SQL', () => {
  const owners: Readonly<Record<string, readonly string[]>> = {
    '@hono/node-server': ['server'],
    'node:http': ['http', 'server', 'lib'],
    'node:sqlite': ['store'],
    'hono/html': ['portal', 'console'],
    kysely: ['store'],
    pg: ['store'],
    '@aws-sdk/client-s3': ['store'],
    uqr: ['console'],
    '@simplewebauthn/server': ['operators'],
    'openid-client': ['operators'],
    nodemailer: ['kyc'],
    '@aws-sdk/client-kms': ['vault'],
    jose: ['sep10'],
    'file-type': ['store'],
    sharp: ['kyc'],
    standardwebhooks: ['outbox'],
    // For tests alone: it takes longer to load than all the rest of the server, and 64 MB of disk.
    '@stellar/stellar-sdk': [],
    '@stellar/stellar-sdk/xdr': [],
  };
  for (const source of sources) {
    for (const specifier of importsOf(source)) {
      const rooms = owners[specifier];
      if (rooms) assert.ok(rooms.includes(roomOf(source.path)), `${source.path} must not import ${specifier}`);
    }
  }
});

test('[house.environment] only the command line reads the environment and the arguments', () => {
  for (const { path, text } of sources.filter(({ path }) => path !== 'src/cli.ts')) {
    assert.doesNotMatch(text, /process\.(env|argv)\b/, `${path} reads process.env or argv`);
  }
});

test('[house.barrels] nothing but src/index.ts re-exports', () => {
  for (const { path, text } of sources.filter(({ path }) => path !== 'src/index.ts')) {
    assert.doesNotMatch(text, /^export (type )?(\*|\{[^}]*\}) from/m, `${path} re-exports`);
  }
});

test('[house.lib] lib holds at most six files, none of them called utils', () => {
  const files = sources.filter(({ path }) => path.startsWith('src/lib/'));
  assert.ok(files.length <= libFiles, files.map(({ path }) => path).join(', '));
  assert.ok(files.every(({ path }) => !/util|helper|common/.test(path)));
});

test('[house.length] no file is longer than 300 lines and no function longer than 60', () => {
  for (const { path, text } of sources.filter(({ path }) => !dataFiles.test(path))) {
    const lines = text.split('\n');
    assert.ok(lines.length <= maxFileLines, `${path} has ${lines.length} lines`);
    for (const { name, length } of functionsOf(lines))
      assert.ok(length <= maxFunctionLines, `${path}: ${name} has ${length} lines`);
  }
});

test('[house.markers] no source holds a marker of unfinished work', () => {
  for (const { path, text } of sources)
    assert.doesNotMatch(text, /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|expect-error)/, path);
});

/** Functions and methods by their indentation, which the formatter guarantees. */
function* functionsOf(lines: readonly string[]): Generator<{ name: string; length: number }> {
  for (const [start, line] of lines.entries()) {
    const [, indent] =
      /^(\s*)(?:export )?(?:async )?(?:function\*? |(?:static |async |get |#|\*)*[\w#]+\(.*\{$)/.exec(line) ?? [];
    if (indent === undefined || /^\s*(if|for|while|switch|return|await|throw)\b/.test(line)) continue;
    const end = lines.findIndex((other, index) => index > start && other.startsWith(`${indent}}`));
    if (end > 0) yield { name: line.trim().slice(0, 50), length: end - start + 1 };
  }
}

/**
 * Where what is sealed is opened, and the line of the audit trail that tells it. A new place needs one: `HeldValues.opened` or a line of its own.
 */
const openers: Readonly<Record<string, string>> = {
  'src/kyc/open-customer.ts':
    'HeldValues, which notes what it opens: values.read, values.written, check.started, values.shown',
  'src/kyc/review/show-customer.ts': 'values.shown, before findings and notes are opened',
  'src/kyc/review/merge.ts': 'customer.merged, for both',
  'src/kyc/evidence.ts':
    'findings, for whoever shows, merges or exports them: values.shown, customer.merged, export.made',
  'src/kyc/export-customer.ts': 'export.made, before anything is handed on',
  'src/kyc/uploads.ts': 'the reference of an upload: values.written names it',
  'src/kyc/codes/send-due-codes.ts': 'code.sent, code.failed',
  'src/payments/transaction-fields.ts': 'values.read, for fields.transaction',
  'src/outbox/delivery-worker.ts': 'a callback URL: the delivery log',
  'src/outbox/outgoing.ts': 'a callback URL: the delivery log',
};

test('[audit.every_read] what is sealed for a customer is opened only where a line tells it', () => {
  const found = sources.filter(({ text }) => /\bvault\.open\(/.test(text)).map(({ path }) => path);
  assert.deepEqual(found.sort(), Object.keys(openers).sort());
});
