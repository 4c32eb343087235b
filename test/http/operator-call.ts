import { hostUrl, type TestAnchor } from '../support/test-anchor.ts';
import { Described, documentOf } from './openapi/described.ts';

/** A token for each role. */
export const tokens = { vic: 'v'.repeat(32), rob: 'r'.repeat(32), lea: 'l'.repeat(40), ada: 'a'.repeat(32) };
/** The setting with them. */
export const operators = `vic:viewer:${tokens.vic}, rob:reviewer:${tokens.rob},lea:lead:${tokens.lea},ada:admin:${tokens.ada}`;
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of many shapes and would fail on a wrong one
  readonly body: any;
}

/** Calls as an operator and holds the answer to the document. */
export async function call(
  anchor: TestAnchor,
  token: string | undefined,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const headers = new Headers();
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  if (body !== undefined) headers.set('content-type', 'application/json');
  const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const response = await anchor.anchor.fetch(new Request(`${hostUrl}${path}`, { method, headers, ...sent }));
  const copy = response.clone();
  const template = path
    .replace(/\?.*/, '')
    .replace(/(customers|proposals|deliveries|audit|exports|transactions|values)\/.*/, '$1/{id}');
  await new Described(await documentOf(anchor)).assertAnswer(method, template, response);
  return { status: copy.status, headers: copy.headers, body: await copy.json() };
}
