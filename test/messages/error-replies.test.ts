import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidRequest, invalidField, KycError } from '../../src/errors.ts';
import { type Language, languages } from '../../src/messages/languages.ts';
import { openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';

interface Mistake {
  readonly method: string;
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly status: number;
  /** Byte for byte what it was before there were other languages. */
  readonly english: string;
  /** What is told in every language as it is. */
  readonly kept?: string;
}

const put = (body: Readonly<Record<string, unknown>>, english: string, status = 400): Mistake => ({
  method: 'PUT',
  path: '/customer',
  body,
  status,
  english,
  kept: /^'[\w.]+'/.exec(english)?.[0] ?? '',
});

const mistakes: readonly Mistake[] = [
  put({ birth_date: '31.12.1999' }, "'birth_date' is invalid: expected YYYY-MM-DD"),
  put({ email_address: 'nobody' }, "'email_address' is invalid: expected an email address"),
  put({ mobile_number: '12' }, "'mobile_number' is invalid: expected a phone number in E.164, such as +14155550100"),
  put({ address_country_code: 'XX' }, "'address_country_code' is invalid: expected an ISO 3166-1 alpha-3 country code"),
  put({ bank_account_type: 'gold' }, "'bank_account_type' is invalid: expected one of 'checking', 'savings'"),
  put({ first_name: 'x'.repeat(500) }, "'first_name' is invalid: expected 1 to 200 characters"),
  put({ first_name: 'a\u0007b' }, "'first_name' is invalid: expected text without control characters"),
  put({ photo_id_front: 'text' }, "'photo_id_front' is invalid: expected a file, sent as multipart/form-data"),
  put({ first_name: 'A', given_name: 'B' }, "'given_name' is invalid: given in two spellings"),
  put({ first_name: [1] }, "'first_name' is invalid: expected a single value"),
  put({ memo: '007' }, "'memo' is invalid: expected an unsigned 64-bit number in decimal, without leading zeros"),
  put({ memo_type: 'id' }, "'memo_type' is invalid: expected together with 'memo'"),
  put({ memo: '1', memo_type: 'return' }, "'memo_type' is invalid: expected one of 'id', 'text', 'hash'"),
  put({ transaction_id: 't' }, "'type' is required together with 'transaction_id'"),
  put({ account: randomAccount() }, "'account' is not the account that is signed in", 403),
  put({ id: 'nobody' }, 'customer not found', 404),
  {
    method: 'GET',
    path: '/customer?account=x',
    status: 403,
    english: "'account' is not the account that is signed in",
  },
  { method: 'GET', path: '/customer?id=nobody', status: 404, english: 'customer not found' },
  { method: 'DELETE', path: `/customer/${randomAccount()}`, status: 404, english: 'customer not found' },
  { method: 'GET', path: '/nowhere', status: 404, english: 'no such endpoint' },
  { method: 'POST', path: '/customer', status: 405, english: 'method not allowed' },
];

/** Asks in the query, or in the body where there is one. */
async function tell(anchor: TestAnchor, mistake: Mistake, lang: string, way: 'query' | 'body'): Promise<string> {
  const { method, path, body, status } = mistake;
  const url = way === 'query' ? `${path}${path.includes('?') ? '&' : '?'}lang=${lang}` : path;
  const sent = way === 'body' ? { ...body, lang } : body;
  const response = await anchor.call(randomAccount(), method, url, {
    headers: sent ? { 'content-type': 'application/json' } : {},
    ...(sent && { body: JSON.stringify(sent) }),
  });
  assert.equal(response.status, status, `${method} ${path}`);
  const reply = (await response.json()) as { error: string };
  assert.deepEqual(Object.keys(reply), ['error']);
  return reply.error;
}

test('[ruling.28] [messages.english] in English every refusal is worded as ever, also when no language is asked for', async () => {
  await using anchor = await openTestAnchor();
  for (const mistake of mistakes) {
    for (const lang of ['en', 'zh', '*', 'en-GB'])
      assert.equal(await tell(anchor, mistake, lang, 'query'), mistake.english);
    assert.equal(await tell(anchor, mistake, '', 'query'), mistake.english);
  }
});

for (const lang of languages.filter((language) => language !== 'en')) {
  test(`[ruling.12] [ruling.28] [messages.errors] every refusal is told in ${lang}, whichever way it is asked for`, async () => {
    await using anchor = await openTestAnchor();
    const told = new Set<string>();
    for (const mistake of mistakes) {
      const text = await tell(anchor, mistake, lang, 'query');
      assert.notEqual(text, mistake.english);
      assert.ok(text.startsWith(isolated(mistake.kept ?? '', lang)), `${text} starts with ${mistake.kept}`);
      assert.equal(await tell(anchor, mistake, `${lang}-XX`, 'query'), text);
      told.add(text);
    }
    assert.equal(told.size, new Set(mistakes.map(({ english }) => english)).size, 'no two refusals sound the same');
    const inBody = mistakes.filter(({ body, english }) => body && !english.endsWith('expected a single value'));
    for (const mistake of inBody)
      assert.equal(await tell(anchor, mistake, lang, 'body'), await tell(anchor, mistake, lang, 'query'));
  });
}

function isolated(name: string, lang: Language): string {
  return lang === 'ar' && name !== '' ? `\u2068${name}\u2069` : name;
}

test('[messages.errors] the body asks before the query, and a header asks for nothing', async () => {
  await using anchor = await openTestAnchor();
  const headers = { 'accept-language': 'fr-CA, es;q=0.9', 'content-type': 'application/json' };
  const ask = async (path: string, body: object): Promise<string> => {
    const init = { headers, body: JSON.stringify({ birth_date: 'x', ...body }) };
    return ((await (await anchor.call(randomAccount(), 'PUT', path, init)).json()) as { error: string }).error;
  };
  assert.equal(await ask('/customer', {}), "'birth_date' is invalid: expected YYYY-MM-DD");
  assert.equal(await ask('/customer?lang=es', {}), "'birth_date' no es válido: se esperaba YYYY-MM-DD");
  assert.equal(await ask('/customer?lang=es', { lang: 'pt' }), "'birth_date' não é válido: era esperado YYYY-MM-DD");
  assert.equal(await ask('/customer?lang=xx', {}), "'birth_date' is invalid: expected YYYY-MM-DD");
});

test('[messages.errors] without a token the refusal is told in the language of the query', async () => {
  await using anchor = await openTestAnchor();
  const reply = await (await anchor.call(undefined, 'GET', '/customer?lang=es')).json();
  assert.deepEqual(reply, { error: 'falta el token' });
});

test('[embed.integration] [messages.errors] what an own integration throws is passed on as it is', async () => {
  const text = 'Mein eigener Satz mit {Klammern}';
  const refuse = (): never => {
    throw new InvalidRequest(text);
  };
  await using anchor = await openTestAnchor({ integration: { get: refuse, put: refuse, delete: refuse } });
  const got = await anchor.json(randomAccount(), 'GET', '/customer?lang=es');
  assert.deepEqual([got.status, got.body], [400, { error: text }]);
});

test('[messages.errors] a rule that is a text is told as it is, one that is a phrase in English', () => {
  assert.equal(invalidField('tier', 'gold only').message, "'tier' is invalid: gold only");
  assert.equal(invalidField('tier', 'gold only').phrase, undefined);
  const known = invalidField('birth_date', { key: 'rule.date' });
  assert.equal(known.message, "'birth_date' is invalid: expected YYYY-MM-DD");
  assert.deepEqual([known.code, known.field], ['invalid_field', 'birth_date']);
  assert.equal(
    new KycError('unavailable', { key: 'error.database_away' }).message,
    'the database cannot be reached; try again later',
  );
});
