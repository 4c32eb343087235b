import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { OpenApiDocument } from '../../../src/http/openapi/document.ts';
import type { TestAnchor } from '../../support/test-anchor.ts';

/** The document as a client gets it. */
export async function documentOf(anchor: TestAnchor): Promise<OpenApiDocument> {
  const response = await anchor.call(undefined, 'GET', '/openapi.json');
  assert.equal(response.status, 200);
  return (await response.json()) as OpenApiDocument;
}

/** Holds answers to what a document says of them. */
export class Described {
  readonly #document: OpenApiDocument;
  readonly #ajv: Ajv2020;

  constructor(document: OpenApiDocument) {
    this.#document = document;
    const formats = { uri: true, binary: true, 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ } as const;
    const options = { strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true };
    this.#ajv = new Ajv2020({ ...options, formats });
    this.#ajv.addVocabulary(['components', 'paths']);
    this.#ajv.addSchema({ $id: 'document', components: document.components, paths: document.paths });
  }

  /** Compiles the schema at this place and says whether a value keeps to it. */
  accepts(pointer: readonly string[], value: unknown): boolean {
    const path = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const validate = this.#ajv.getSchema(`document#/${path}`) ?? assert.fail(`no schema at ${path}`);
    return validate(value) as boolean;
  }

  /** The status, content type, body and headers of an answer are among those the document has for the endpoint. */
  async assertAnswer(method: string, template: string, response: Response): Promise<void> {
    const name = `${method} ${template} ${response.status}`;
    const operation = this.#document.paths[template]?.[method.toLowerCase()] ?? assert.fail(`${name}: no endpoint`);
    const reply = operation.responses[String(response.status)] ?? assert.fail(`${name}: no such reply`);
    const [type = '', charset] = (response.headers.get('content-type') ?? '').split('; ');
    assert.equal(charset, 'charset=utf-8', name);
    assert.deepEqual(Object.keys(reply.content ?? {}), [type], name);
    if (response.status !== 503)
      for (const header of Object.keys(reply.headers)) assert.ok(response.headers.has(header), `${name}: ${header}`);
    const text = await response.text();
    const place = ['paths', template, method.toLowerCase(), 'responses', String(response.status), 'content', type];
    const body: unknown = type === 'application/json' ? JSON.parse(text) : text;
    assert.ok(this.accepts([...place, 'schema'], body), `${name}: ${text}`);
  }
}
