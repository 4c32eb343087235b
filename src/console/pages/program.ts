import { html } from 'hono/html';
import { localize } from '../../kyc/localized-text.ts';
import type { CustomerType, Program, TypeField } from '../../kyc/program.ts';
import type { Html } from '../look/html.ts';
import { badge, section, table } from '../look/pieces.ts';
import { words } from '../look/words.ts';
import type { Answer, PageRoute, SignedInVisit } from '../visit.ts';

/** What customers are asked for, as it was compiled. */
export const programRoutes: readonly PageRoute[] = [{ method: 'GET', path: '/program', role: 'viewer', handle: show }];

async function show({ parts, operator }: SignedInVisit): Promise<Answer> {
  const program = parts.desk.program(operator);
  const types = [...program.types.values()];
  const page = html`<p>Revision <code>${program.revision}</code>. The program is changed in its file, and looked at before by <code>anchor-kyc program diff</code>.</p>
${types.map((type, index) => typePart(type, index))}
${section('checks', 'Checks', checksTable(program))}
${section('policies', 'Policies', policies(program))}`;
  return { title: 'Program', page };
}

function typePart(type: CustomerType, index: number): Html {
  const rules = type.rules.map(
    ({
      name,
      when,
      fields,
      checks,
      review,
      risk,
    }) => html`<tr><th scope="row">${name}</th><td><code>${JSON.stringify(when)}</code></td>
<td>${[...fields.keys()].map(words).join(', ') || '–'}</td><td>${checks.join(', ') || '–'}</td><td>${review ? 'a person decides' : '–'}</td><td>${risk ?? '–'}</td></tr>`,
  );
  const body = html`<p>${localize(type.description, 'en')} Decided ${type.decision === 'automatic' ? 'by itself' : 'by a person'}; risk ${badge(type.risk)}; checks: ${type.checks.join(', ') || 'none'}.</p>
${table(`Fields of ${type.name}`, ['Field', 'What it is', 'Optional', 'Code'], [...type.fields.values()].map(fieldRow))}
<h3>Rules</h3>${table(`Rules of ${type.name}`, ['Rule', 'When', 'Asks', 'Checks', 'Decision', 'Risk'], rules)}`;
  return section(`type-${index}`, type.name, body);
}

function fieldRow({ name, description, optional, verify, choices }: TypeField): Html {
  const listed = choices === undefined ? '' : html` <span class="hint">${choices.length} choices</span>`;
  return html`<tr><th scope="row"><code>${name}</code></th><td>${localize(description, 'en')}${listed}</td>
<td>${optional ? 'yes' : 'no'}</td><td>${verify ? 'yes' : 'no'}</td></tr>`;
}

function checksTable({ checks }: Program): Html {
  const rows = [...checks.values()].map(
    ({
      name,
      kind,
      inputs,
      fourEyes,
      againAfterMs,
    }) => html`<tr><th scope="row">${name}</th><td>${kind}</td><td>${inputs.map(words).join(', ')}</td>
<td>${fourEyes ? 'yes' : 'no'}</td><td>${againAfterMs === undefined ? '–' : `${Math.round(againAfterMs / 3_600_000)} h`}</td></tr>`,
  );
  return table('Checks', ['Check', 'Kind', 'Looks at', 'Four eyes', 'Again after'], rows);
}

function policies({ review, expiry }: Program): Html {
  const { maxResubmissions, slaMs } = review;
  const rows: readonly (readonly [string, string])[] = [
    ['A field may be refused', `${maxResubmissions} times`],
    ['Nobody should wait for a person for longer than', `${slaMs / 3_600_000} h`],
    ['An expiry is told before', `${expiry.warnMs / 86_400_000} days`],
    ...Object.entries(expiry.reviewMonths).map(
      ([risk, months]) => [`Risk ${risk} is reviewed again after`, `${months} months`] as const,
    ),
  ];
  return html`<dl class="found">${rows.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>`;
}
