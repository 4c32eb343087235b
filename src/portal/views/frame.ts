import { type Language, languages } from '../../messages/languages.ts';
import { type Html, html } from '../html.ts';
import { type PageContent, type PageSettings, sayIn } from '../page.ts';
import { paths } from '../paths.ts';

/** Where the style sheet and the script are, by what is in them. */
export interface AssetUrls {
  readonly style: string;
  readonly script: string;
}

/** What each language calls itself. */
const ownNames: Readonly<Record<Language, string>> = {
  en: 'English',
  es: 'Español',
  pt: 'Português',
  fr: 'Français',
  id: 'Bahasa Indonesia',
  sw: 'Kiswahili',
  vi: 'Tiếng Việt',
  ar: 'العربية',
};

/** A whole document. */
export function frame(settings: PageSettings, assets: AssetUrls, page: PageContent): Html {
  const { lang, heading } = page;
  return html`<!doctype html>
<html lang="${lang}" dir="${lang === 'ar' ? 'rtl' : 'ltr'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${heading} – ${settings.appName}</title>
<link rel="stylesheet" href="${assets.style}">
<script src="${assets.script}" defer></script>
</head>
<body>
<header><bdi>${settings.appName}</bdi></header>
${mainOf(settings, page)}
<p id="live" role="status" class="apart"></p>
<footer>
${page.formToken !== undefined && languageLinks(settings, lang)}
${supportOf(settings, lang)}
${page.formToken !== undefined && leaveForm(settings, lang, page.formToken)}
</footer>
</body>
</html>
`;
}

function mainOf({ basePath, fileBytes }: PageSettings, { lang, heading, body, state, visit }: PageContent): Html {
  const say = sayIn(lang);
  const page = `${basePath}${paths.page}`;
  if (state === undefined)
    return html`<main id="main">
<h1 tabindex="-1">${heading}</h1>
${body}
</main>`;
  return html`<main id="main" data-page="${page}" data-watch="${basePath}${paths.state}" data-state="${state}" data-visit="${visit}" data-max="${fileBytes}"
 data-camera="${say('page.file_camera')}" data-preview="${say('page.file_preview')}" data-large="${say('page.file_large')}"
 data-sending="${say('page.sending')}" data-failed="${say('page.upload_failed')}">
<p id="changed" class="note" hidden>${say('page.changed')} <a href="${page}">${say('page.show')}</a></p>
<h1 tabindex="-1">${heading}</h1>
${body}
</main>`;
}

function languageLinks({ basePath }: PageSettings, current: Language): Html {
  const link = (lang: Language): Html =>
    lang === current
      ? html`<li><span lang="${lang}" aria-current="true">${ownNames[lang]}</span></li>`
      : html`<li><a href="${basePath}${paths.page}?lang=${lang}" lang="${lang}" hreflang="${lang}">${ownNames[lang]}</a></li>`;
  return html`<nav aria-label="${sayIn(current)('page.language')}"><ul>${languages.map(link)}</ul></nav>`;
}

function supportOf({ supportContact }: PageSettings, lang: Language): Html | undefined {
  if (supportContact === undefined) return undefined;
  const href = supportContact.includes('://') ? supportContact : `mailto:${supportContact}`;
  return html`<p>${sayIn(lang)('page.help')} <a href="${href}" rel="noreferrer"><bdi>${supportContact}</bdi></a></p>`;
}

function leaveForm({ basePath }: PageSettings, lang: Language, token: string): Html {
  return html`<form method="post" action="${basePath}${paths.leave}" data-plain>
<input type="hidden" name="page:token" value="${token}">
<button class="quiet">${sayIn(lang)('page.leave')}</button>
</form>`;
}
