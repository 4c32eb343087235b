import { html } from 'hono/html';
import { isAtLeast } from '../../../kyc/review/operator.ts';
import type { ShownCustomer } from '../../../kyc/review/show-customer.ts';
import { fileHeaders } from '../../guard.ts';
import type { Html } from '../../look/html.ts';
import { fileSize, words } from '../../look/words.ts';
import type { Answer, SignedInVisit } from '../../visit.ts';

/** Types that every browser draws, and that hold nothing that runs. */
const drawn: readonly string[] = ['image/jpeg', 'image/png', 'image/webp'];

const endings: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/heic': 'heic',
  'application/pdf': 'pdf',
};

/** The files, each in a viewer; what a browser cannot draw is saved. */
export function documents({ parts, operator }: SignedInVisit, { customerId, fields }: ShownCustomer): Html {
  const files = Object.entries(fields).flatMap(([key, { value, version }]) =>
    typeof value === 'string' ? [] : [{ key, version, ...value }],
  );
  if (files.length === 0) return html`<p class="empty">None.</p>`;
  if (!isAtLeast(operator, 'reviewer')) return html`<p class="empty">${files.length}, for reviewers to see.</p>`;
  return html`<div class="documents">${files.map(({ key, contentType, sizeBytes, version }) => {
    const path = `${parts.base}/customers/${customerId}/files/${encodeURIComponent(key)}?v=${version}`;
    const caption = html`<figcaption>${words(key)} <span class="hint">${contentType}, ${fileSize(sizeBytes)}</span>
<a href="${path}" download>Save</a></figcaption>`;
    if (!drawn.includes(contentType)) return html`<figure>${caption}</figure>`;
    return html`<figure class="viewer" data-viewer>${caption}
<div class="tools" hidden role="group" aria-label="View ${words(key)}"><button type="button" data-zoom="1.25">Zoom in</button><button type="button" data-zoom="0.8">Zoom out</button><button type="button" data-turn>Turn</button><button type="button" data-fit>Fit</button></div>
<div class="pane" tabindex="0" role="group" aria-label="${words(key)}"><img src="${path}" alt="${words(key)} as the customer sent it" loading="lazy"></div></figure>`;
  })}</div>`;
}

/** The bytes of a file. Its name is made here: what the customer called it is not kept. */
export async function documentFile({ parts, params, operator }: SignedInVisit): Promise<Answer> {
  const { desk } = parts;
  const field = decoded(params['field'] ?? '');
  const { contentType, sizeBytes, open } = await desk.file(operator, params['id'] ?? '', field);
  const name = `${field.replace(/[^a-z0-9_]/g, '-')}.${endings[contentType] ?? 'bin'}`;
  const headers = {
    ...fileHeaders,
    'Content-Type': drawn.includes(contentType) ? contentType : 'application/octet-stream',
    'Content-Length': String(sizeBytes),
    'Content-Disposition': `attachment; filename="${name}"`,
  };
  return { raw: new Response(ReadableStream.from(open()), { headers }) };
}

/** A name that cannot be read is that of no file. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
