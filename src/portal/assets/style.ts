import { accentOf, noteGrounds } from '../accent.ts';

/** The style sheet, in the colour of the anchor (`#rrggbb`). Directions are logical, so that it serves right-to-left as well. */
export function styleOf(brandColor: string): string {
  const [light, dark] = [accentOf(brandColor, 'light'), accentOf(brandColor, 'dark')];
  return `:root{color-scheme:light dark;--accent:${light.colour};--on-accent:${light.text};${lightColours}}
@media (prefers-color-scheme:dark){:root{--accent:${dark.colour};--on-accent:${dark.text};${darkColours}}}
${rules}`;
}

const lightColours = `--ground:#fff;--text:#1b1f24;--soft:#57606a;--line:#6e7781;--fault:#b3261e;--good:#116329;--note:${noteGrounds.light};`;
const darkColours = `--ground:#14171c;--text:#e9ecf1;--soft:#aab2bd;--line:#8b949e;--fault:#ff9d94;--good:#7ee2a0;--note:${noteGrounds.dark};`;

const rules = `*{box-sizing:border-box}
html{font:100%/1.5 system-ui,sans-serif;background:var(--ground);color:var(--text)}
body{margin:0 auto;max-width:36rem;padding:1rem;overflow-wrap:break-word}
header{font-weight:600;padding-block-end:.5rem;border-block-end:1px solid var(--line)}
h1{font-size:1.5rem;line-height:1.25;margin-block:1.25rem .75rem}
h1:focus{outline:none}
h2{font-size:1.15rem;margin-block:1.75rem .75rem}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.soft{color:var(--soft);font-size:.9rem;margin-block:0 .25rem}
.note{background:var(--note);border-inline-start:.3rem solid var(--accent);padding:.75rem;margin-block:.75rem}
.note p,.note ul{margin-block:0 .25rem}
.fault{color:var(--fault)}
.note.fault{border-color:var(--fault);color:inherit}
p.fault{margin-block:0 .25rem}
.field{margin-block-end:1.25rem}
label,legend{display:block;font-weight:600;margin-block-end:.25rem}
input,select,textarea{font:inherit;color:inherit;background:var(--ground);width:100%;min-height:2.75rem;padding:.5rem;border:1px solid var(--line);border-radius:.4rem}
input[dir=ltr]{text-align:start}
[aria-invalid=true]{border:2px solid var(--fault)}
input[type=file]{border-style:dashed}
input[type=checkbox]{width:1.5rem;min-height:1.5rem;flex:none}
.check{display:flex;gap:.6rem;align-items:center;min-height:2.75rem}
fieldset{border:1px solid var(--line);border-radius:.4rem;margin:0 0 1.25rem;padding:.75rem}
.text{white-space:pre-line;max-height:12rem;overflow-y:auto;margin-block:0 .5rem}
button{font:inherit;font-weight:600;min-height:2.75rem;padding:.5rem 1.25rem;border:1px solid var(--accent);border-radius:.4rem;background:var(--accent);color:var(--on-accent);cursor:pointer}
button.quiet{background:none;color:var(--accent);font-weight:400;margin-block:.4rem}
button[disabled]{opacity:.6;cursor:default}
#answers>button{width:100%}
summary{cursor:pointer;min-height:2.75rem;padding-block:.6rem;color:var(--accent)}
progress{width:100%;accent-color:var(--accent)}
.preview{display:block;max-width:100%;max-height:12rem;margin-block-start:.5rem;border-radius:.4rem}
.payments,.received{list-style:none;padding:0;margin:0}
.payments li,.received li{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.25rem 1rem;padding-block:.5rem;border-block-end:1px solid var(--line)}
.payments{margin-block-end:1.25rem}
.s-accepted{color:var(--good)}
.s-rejected{color:var(--fault)}
.apart{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
footer{margin-block-start:2.5rem;padding-block-start:.5rem;border-block-start:1px solid var(--line);font-size:.9rem}
footer ul{list-style:none;display:flex;flex-wrap:wrap;gap:0 1rem;padding:0;margin:0}
footer li a,footer li span{display:inline-block;padding-block:.5rem}
[hidden]{display:none!important}
@media (prefers-reduced-motion:no-preference){button{transition:opacity .15s}}
@media (forced-colors:active){button{border-color:ButtonText}}
`;
