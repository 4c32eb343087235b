import assert from 'node:assert/strict';
import { test } from 'node:test';
import { person } from '../sep12/support.ts';
import { hostUrl, openTestAnchor, randomAccount, type TestAnchor } from '../support/test-anchor.ts';
import { blocksOf, readProjectFile } from './snippets.ts';

const tokens = { VIC: 'v'.repeat(32), ROB: 'r'.repeat(32), LEA: 'l'.repeat(32), ADA: 'a'.repeat(32) };
const operators = `vic:viewer:${tokens.VIC},rob:reviewer:${tokens.ROB},lea:lead:${tokens.LEA},ada:admin:${tokens.ADA}`;

/** The request that a line of curl makes, with the shell's variables filled in. */
function requestOf(line: string, variables: Readonly<Record<string, string>>): Request {
  const words = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  const filled = words.map((word) =>
    word.replace(/\$([A-Z_]+)/g, (_, name: string) => variables[name] ?? assert.fail(name)),
  );
  assert.equal(filled.shift(), 'curl');
  const headers = new Headers();
  let body: string | undefined;
  let url = '';
  while (filled.length > 0) {
    const word = filled.shift() ?? '';
    const [name = '', value = ''] = word === '-H' ? (filled.shift() ?? '').split(': ') : [];
    if (word === '-H') headers.set(name, value);
    else if (word === '-d') body = filled.shift();
    else url = word;
  }
  return new Request(url, { headers, ...(body !== undefined && { method: 'POST', body }) });
}

async function versionOf(anchor: TestAnchor, id: string): Promise<string> {
  const headers = { authorization: `Bearer ${tokens.ADA}` };
  const response = await anchor.anchor.fetch(new Request(`${hostUrl}/operator/customers/${id}`, { headers }));
  return String(((await response.json()) as { version: number }).version);
}

test('[review.docs] every request of docs/review.md, in its order, is answered 200', async () => {
  const program = { types: { basic: { decision: 'review', fields: { first_name: {}, last_name: {} } } } } as const;
  await using anchor = await openTestAnchor({ operators, program });
  const [id, other] = [randomAccount(), randomAccount()].map((account) =>
    anchor.json(account, 'PUT', '/customer', person),
  );
  const [ID = '', OTHER = ''] = (await Promise.all([id, other])).map((reply) => reply?.body.id as string);
  const variables: Record<string, string> = { ...tokens, URL: hostUrl, ID, OTHER, ACCOUNT: randomAccount() };
  const lines = blocksOf(await readProjectFile('docs/review.md'))
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.trim().split('\n'));
  assert.equal(lines.length, 15);
  for (const line of lines) {
    variables['VERSION'] = await versionOf(anchor, ID);
    variables['OTHER_VERSION'] = line.includes('$OTHER') ? await versionOf(anchor, OTHER) : '';
    const response = await anchor.anchor.fetch(requestOf(line, variables));
    const body = (await response.json()) as { proposal?: string };
    assert.equal(response.status, 200, `${line}: ${JSON.stringify(body)}`);
    if (body.proposal !== undefined) variables['PROPOSAL'] = body.proposal;
  }
});
