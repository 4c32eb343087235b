import { createHash } from 'node:crypto';
import type { OpenApiDocument, Operation } from './document.ts';
import type { Json } from './schemas.ts';

/** A page and the policy it is to be shown under. */
export interface Page {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h3{margin:2.5rem 0 .25rem}code,pre{font-family:ui-monospace,monospace;font-size:.875em}pre{overflow:auto;background:#f4f5f7;padding:.75rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0}caption{text-align:left;font-weight:600}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #d8dce1;overflow-wrap:anywhere}
@media (prefers-color-scheme:dark){body{color:#e6e8eb;background:#15181c}pre{background:#20252b}th,td{border-color:#39414a}a{color:#8ab8ff}}`;

function policy(): string {
  const styleHash = createHash('sha256').update(style).digest('base64');
  const nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return `${nothing}; style-src 'sha256-${styleHash}'`;
}

/** The document as one page that loads nothing and runs nothing. */
export function openApiPage(document: OpenApiDocument): Page {
  const { info, servers, tags, components } = document;
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${safe(info.title)}</title><style>${style}</style></head>
<body>
<h1>${safe(info.title)} ${safe(info.version)}</h1>
<p>${inline(info.description)}</p>
<p>Server: <code>${safe(servers.map(({ url }) => url).join(', '))}</code></p>
${tags.map(({ name, description }) => `<h2>${safe(name)}</h2>\n<p>${inline(description)}</p>\n${operationsOf(document, name)}`).join('\n')}
<h2>Schemas</h2>
${Object.entries(components.schemas).map(schemaSection).join('\n')}
</body>
</html>
`;
  return { html, contentSecurityPolicy: policy() };
}

function operationsOf({ paths }: OpenApiDocument, tag: string): string {
  return Object.entries(paths)
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })))
    .filter(({ operation }) => operation.tags.some((name) => name === tag))
    .map(({ path, method, operation }) => operationSection(`${method.toUpperCase()} ${path}`, operation))
    .join('\n');
}

function operationSection(title: string, operation: Operation): string {
  const { operationId, summary, description = '', deprecated, security, parameters = [], responses } = operation;
  const notes = [deprecated && 'Deprecated.', security.length > 0 && 'Needs a session token.', description];
  return `<h3 id="${safe(operationId)}"><code>${safe(title)}</code></h3>
<p>${inline([`${summary}.`, ...notes.filter(Boolean)].join(' '))}</p>
${parameters.length > 0 ? table('Parameters', parameters.map(parameterRow)) : ''}${bodyTable(operation)}${table('Replies', replyRows(responses))}`;
}

function parameterRow({ name, in: place, required, description }: Json): string[] {
  return [
    `<code>${safe(String(name))}</code>`,
    `${String(place)}${required ? ', required' : ''}`,
    inline(String(description)),
  ];
}

function bodyTable({ requestBody }: Operation): string {
  if (requestBody === undefined) return '';
  const content = requestBody['content'] as Readonly<Record<string, { readonly schema: Json }>>;
  const byShape = Map.groupBy(Object.entries(content ?? {}), ([, { schema }]) => schemaCell(schema));
  const rows = [...byShape].map(([shape, types]) => [types.map(([type]) => safe(type)).join('<br>'), shape]);
  const description = requestBody['description'];
  const note = typeof description === 'string' ? `<p>${inline(description)}</p>\n` : '';
  return `${table('Body', rows)}${note}`;
}

function replyRows(responses: Operation['responses']): string[][] {
  return Object.entries(responses).map(([status, { description, content }]) => {
    const shapes = Object.values(content ?? {}).map(({ schema }) => schemaCell(schema));
    return [safe(status), inline(description), shapes.join('<br>')];
  });
}

/** The schema's name, linked, or the schema itself. */
function schemaCell(schema: Json): string {
  const name = nameOf(schema);
  if (name !== undefined) return `<a href="#${safe(name)}">${safe(name)}</a>`;
  const parts = Array.isArray(schema['allOf']) ? (schema['allOf'] as Json[]) : undefined;
  return parts === undefined ? `<pre>${json(schema)}</pre>` : parts.map(schemaCell).join(' and ');
}

function nameOf({ $ref }: Json): string | undefined {
  return typeof $ref === 'string' ? $ref.slice($ref.lastIndexOf('/') + 1) : undefined;
}

function schemaSection([name, schema]: readonly [string, Json]): string {
  return `<h3 id="${safe(name)}">${safe(name)}</h3>\n<pre>${json(schema)}</pre>`;
}

function table(caption: string, rows: readonly (readonly string[])[]): string {
  const lines = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`);
  return `<table><caption>${caption}</caption>${lines.join('\n')}</table>\n`;
}

function json(value: unknown): string {
  return safe(JSON.stringify(value, null, 2));
}

/** Text in which `code` is marked. */
function inline(text: string): string {
  return safe(text).replace(/`([^`]*)`/g, '<code>$1</code>');
}

function safe(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
