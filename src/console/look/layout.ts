import { html } from 'hono/html';
import { isAtLeast } from '../../kyc/review/operator.ts';
import { assetPath } from '../assets.ts';
import type { ConsoleParts } from '../console-parts.ts';
import type { SignedInVisit } from '../visit.ts';
import type { Html } from './html.ts';

/** What stands around every page. */
export function layout(
  parts: ConsoleParts,
  { title, page, visit }: { readonly title: string; readonly page: Html; readonly visit: SignedInVisit | undefined },
): Html {
  const { base, appName } = parts;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · ${appName} console</title>
<link rel="icon" href="${base}${assetPath('icon.svg')}">
<link rel="stylesheet" href="${base}${assetPath('console.css')}">
<script type="module" src="${base}${assetPath('console.js')}"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${visit === undefined ? html`<header><p class="brand">${appName} console</p></header>` : header(visit)}
<main id="main" tabindex="-1">
<h1>${title}</h1>
${page}
</main>
${visit === undefined ? '' : help()}
</body>
</html>`;
}

const places = [
  { path: '/', name: 'Start', key: 's', role: 'viewer' },
  { path: '/queue', name: 'Queue', key: 'q', role: 'viewer' },
  { path: '/proposals', name: 'Proposals', key: 'p', role: 'viewer' },
  { path: '/search', name: 'Search', key: '/', role: 'viewer' },
  { path: '/deliveries', name: 'Deliveries', key: 'd', role: 'viewer' },
  { path: '/program', name: 'Program', key: 'm', role: 'viewer' },
  { path: '/retained', name: 'Kept', key: 'x', role: 'lead' },
  { path: '/people', name: 'People', key: 'u', role: 'admin' },
] as const;

function header({ parts, operator, formToken, request }: SignedInVisit): Html {
  const { base, appName } = parts;
  const here = new URL(request.url).pathname.replace(/\/+$/, '');
  const isHere = (path: string): boolean =>
    path === '/' ? here.endsWith('/console') : here.endsWith(`/console${path}`);
  const links = places
    .filter(({ role }) => isAtLeast(operator, role))
    .map(
      ({ path, name, key }) =>
        html`<li><a href="${base}${path === '/' ? '' : path}" data-key="${key}" aria-keyshortcuts="${key}"${
          isHere(path) ? html` aria-current="page"` : ''
        }>${name}</a></li>`,
    );
  return html`<header>
<p class="brand">${appName} console</p>
<nav aria-label="Console"><ul>${links}</ul></nav>
<div class="who">
<a href="${base}/account">${operator.name}</a> <span class="role">${operator.role}</span>
<button type="button" class="quiet" data-help data-key="?" aria-keyshortcuts="?">Keys</button>
<form method="post" action="${base}/sign-out">${tokenField(formToken)}<button class="quiet">Sign out</button></form>
</div>
</header>`;
}

const keys: readonly (readonly [key: string, meaning: string])[] = [
  ['j / k', 'next, previous row'],
  ['o', 'open the row'],
  ['c', 'claim the customer, or let go'],
  ['a', 'accept: then Enter'],
  ['r', 'reject for good'],
  ['g', 'ask for fields again'],
  ['f', 'decide on single fields'],
  ['n', 'note'],
  ['e', 'escalate, or give back'],
  ['t', 'turn the document; + and − zoom, arrows move it'],
  ['s q p / d m x u', 'Start, Queue, Proposals, Search, Deliveries, Program, Kept, People'],
  ['?', 'this list'],
];

function help(): Html {
  const rows = keys.map(([key, meaning]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${meaning}</dd></div>`);
  return html`<dialog id="help" aria-labelledby="help-title">
<h2 id="help-title">Keys</h2>
<dl class="keys">${rows}</dl>
<p><label class="check"><input type="checkbox" id="single-keys" checked> Use single keys in this browser</label></p>
<form method="dialog"><button>Close</button></form>
</dialog>`;
}

/** What shows that a form was made for this session. */
export function tokenField(formToken: string): Html {
  return html`<input type="hidden" name="form_token" value="${formToken}">`;
}
