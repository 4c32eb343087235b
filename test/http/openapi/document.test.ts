import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { isParameter } from '../../../src/http/field-label.ts';
import type { OpenApiDocument, Operation } from '../../../src/http/openapi/document.ts';
import { openApiPage } from '../../../src/http/openapi/page.ts';
import { release } from '../../../src/release.ts';
import { sep9Fields } from '../../../src/sep9/catalogue.ts';
import { programOf } from '../../sep12/support.ts';
import { hostUrl, openTestAnchor } from '../../support/test-anchor.ts';
import { Described, documentOf } from './described.ts';

const endpoints = [
  'GET /.well-known/stellar.toml',
  'GET /auth',
  'POST /auth',
  'GET /customer',
  'PUT /customer',
  'DELETE /customer/{account}',
  'PUT /customer/callback',
  'PUT /customer/verification',
  'POST /customer/files',
  'GET /customer/files',
  'GET /health',
  'GET /health/ready',
  'GET /metrics',
  'GET /health/live',
  'GET /openapi.json',
  'GET /docs',
];

function operationsOf({ paths }: OpenApiDocument): { name: string; path: string; operation: Operation }[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      operation,
    })),
  );
}

/** Every `$ref` anywhere in a value. */
function refsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : refsOf(inner),
  );
}

async function bodyProperties(document: OpenApiDocument, name: string): Promise<Record<string, { format?: string }>> {
  const schema = document.components.schemas[name] as { properties: Record<string, { format?: string }> };
  return schema.properties;
}

test("[openapi.valid] the document keeps to OpenAPI 3.1's own schema, with and without SEP-12, a page, types of its own", async () => {
  const variants = [
    {},
    { activeSeps: ['sep-1'] as const },
    { program: programOf({ 'own.field_2': { type: 'binary', description: 'x' } }) },
  ];
  for (const options of variants) {
    await using anchor = await openTestAnchor(options);
    const { valid, errors } = await new Validator().validate(structuredClone({ ...(await documentOf(anchor)) }));
    assert.ok(valid, JSON.stringify(errors));
  }
});

test('[openapi.valid] the validator notices a document that breaks a rule', async () => {
  await using anchor = await openTestAnchor();
  const { info: _, ...rest } = await documentOf(anchor);
  assert.equal((await new Validator().validate({ ...rest })).valid, false);
});

test('[openapi.lint] ids are unique, references lead somewhere, components are used, parameters of paths are declared', async () => {
  await using anchor = await openTestAnchor();
  const document = await documentOf(anchor);
  const operations = operationsOf(document);
  assert.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length);
  const refs = new Set(refsOf(document));
  const { schemas, headers } = document.components;
  const components = [
    ...Object.keys(schemas).map((name) => `#/components/schemas/${name}`),
    ...Object.keys(headers).map((name) => `#/components/headers/${name}`),
  ];
  assert.deepEqual([...refs].sort(), components.sort());
  for (const { name, path, operation } of operations) {
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter['in'] === 'path');
    const open = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
    assert.deepEqual(
      inPath.map((parameter) => parameter['name']),
      open,
      name,
    );
    assert.ok(
      Object.keys(operation.responses).some((status) => status.startsWith('2')),
      name,
    );
    assert.ok(
      document.tags.some((tag) => operation.tags.includes(tag.name as 'SEP-1')),
      name,
    );
    assert.equal(operation.security.length, name.includes('/customer') ? 1 : 0, name);
  }
});

test('[openapi.lint] every schema compiles in strict mode', async () => {
  await using anchor = await openTestAnchor();
  const document = await documentOf(anchor);
  const described = new Described(document);
  for (const name of Object.keys(document.components.schemas)) described.accepts(['components', 'schemas', name], {});
});

test('[openapi.complete] it describes the endpoints that are served and no others, with their methods', async () => {
  await using anchor = await openTestAnchor();
  const document = await documentOf(anchor);
  assert.deepEqual(
    operationsOf(document)
      .map(({ name }) => name)
      .sort(),
    endpoints.toSorted(),
  );
  for (const [path, methods] of Object.entries(document.paths)) {
    const refused = await anchor.call(undefined, 'PATCH', path.replace('{account}', 'G'));
    assert.equal(refused.status, 405, path);
    const allowed = refused.headers
      .get('allow')
      ?.split(', ')
      .filter((method) => method !== 'OPTIONS');
    assert.deepEqual(
      allowed?.sort(),
      Object.keys(methods)
        .map((method) => method.toUpperCase())
        .sort(),
      path,
    );
  }
});

test('[openapi.complete] what is switched off is not in it, and the page is for local mode alone', async () => {
  await using anchor = await openTestAnchor({ activeSeps: ['sep-1', 'sep-10'] });
  assert.deepEqual(
    (await documentOf(anchor)).tags.map(({ name }) => name),
    ['SEP-1', 'SEP-10', 'Operation'],
  );
  const production = { localMode: false, hostUrl: 'https://kyc.example', horizonUri: 'https://horizon.example' };
  await using served = await openTestAnchor(production);
  const document = await documentOf(served);
  assert.equal('/docs' in document.paths, false);
  assert.equal((await served.call(undefined, 'GET', '/docs')).status, 404);
  assert.deepEqual(document.servers, [{ url: 'https://kyc.example' }]);
});

test('[openapi.info] it names the release and where it is served, to every page, and may be kept for a minute', async () => {
  await using anchor = await openTestAnchor();
  const { info, servers, openapi } = await documentOf(anchor);
  const manifest = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8')) as object;
  assert.deepEqual({ version: release }, { version: (manifest as { version: string }).version });
  assert.deepEqual([openapi, info.version, servers], ['3.1.0', release, [{ url: hostUrl }]]);
  const { headers } = await anchor.call(undefined, 'GET', '/openapi.json');
  assert.equal(headers.get('content-type'), 'application/json; charset=utf-8');
  assert.equal(headers.get('access-control-allow-origin'), '*');
  assert.equal(headers.get('cache-control'), 'public, max-age=60');
});

test('[openapi.body] a PUT may hold every field of SEP-9 and of the program: text in every kind of body, files in forms alone', async () => {
  await using anchor = await openTestAnchor({
    program: programOf({
      nickname: { type: 'string', description: 'x' },
      selfie: { type: 'binary', description: 'x' },
    }),
  });
  const document = await documentOf(anchor);
  const values = await bodyProperties(document, 'CustomerValues');
  const files = await bodyProperties(document, 'CustomerFiles');
  for (const { name, type } of sep9Fields.values()) {
    assert.deepEqual([name in values, name in files], [type !== 'binary', type === 'binary'], name);
  }
  assert.ok('nickname' in values && 'first_name' in values && 'selfie' in files);
  assert.ok(Object.values(files).every(({ format }) => format === 'binary'));
  const body = document.paths['/customer']?.['put']?.requestBody ?? assert.fail('no body');
  const content = body['content'] as Record<string, unknown>;
  assert.deepEqual(Object.keys(content), [
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
  ]);
  assert.deepEqual(refsOf(content['application/json']), ['#/components/schemas/CustomerValues']);
  assert.deepEqual(refsOf(content['multipart/form-data']).length, 2);
  assert.deepEqual((document.components.schemas['CustomerType'] as { enum: string[] }).enum, ['basic']);
});

test('[openapi.parameters] every parameter is one that requests are read for', async () => {
  await using anchor = await openTestAnchor();
  for (const { name, operation } of operationsOf(await documentOf(anchor))) {
    for (const parameter of operation.parameters ?? []) assert.ok(isParameter(String(parameter['name'])), name);
  }
});

test('[openapi.page] the page shows every endpoint, parameter, reply and schema, loads nothing and runs nothing', async () => {
  await using anchor = await openTestAnchor();
  const document = await documentOf(anchor);
  const response = await anchor.call(undefined, 'GET', '/docs');
  const html = await response.text();
  assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
  const policy = response.headers.get('content-security-policy') ?? '';
  assert.match(policy, /^default-src 'none'; .*style-src 'sha256-[A-Za-z0-9+/]{43}='$/);
  assert.doesNotMatch(html, /<script|<link|<img|\bsrc=|\bstyle=|\bon\w+=|url\(|@import|href="(?!#)/i);
  for (const { name, operation } of operationsOf(document)) {
    const [, section = ''] = html.split(`<code>${name}</code></h3>`);
    const own = section.slice(0, section.indexOf('<h3'));
    for (const parameter of operation.parameters ?? [])
      assert.ok(own.includes(`<code>${parameter['name']}</code>`), name);
    for (const status of Object.keys(operation.responses)) assert.ok(own.includes(`<td>${status}</td>`), name);
  }
  for (const [, anchorName] of html.matchAll(/href="#([^"]+)"/g)) assert.ok(html.includes(`id="${anchorName}"`));
});

test('[openapi.page] names and texts of a program cannot become markup', async () => {
  await using anchor = await openTestAnchor();
  const document = await documentOf(anchor);
  const evil = '<script>alert("1")</script>';
  const schemas = { ...document.components.schemas, [evil]: { description: evil } };
  const { html } = openApiPage({ ...document, components: { ...document.components, schemas } });
  assert.ok(!html.includes('<script') && html.includes('&#60;script&#62;'));
});
