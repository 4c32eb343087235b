/** How the console looks. Colours keep a contrast of at least 4.5 to 1 in both themes. */
export const style: string = `:root {
  color-scheme: light dark;
  --page: light-dark(#f6f7f9, #14171c);
  --card: light-dark(#ffffff, #1c2027);
  --text: light-dark(#1b1f26, #e6e9ee);
  --soft: light-dark(#4d5663, #a9b3c1);
  --line: light-dark(#c9d0da, #3a424e);
  --link: light-dark(#174fb3, #8fb8ff);
  --accent: light-dark(#1d55b8, #2d63c4);
  --good: light-dark(#12693c, #7ed9a5);
  --good-back: light-dark(#dff3e7, #12351f);
  --bad: light-dark(#a11b25, #ff9ea3);
  --bad-back: light-dark(#fde4e5, #43171b);
  --wait: light-dark(#7a4b00, #f3c46b);
  --wait-back: light-dark(#fdf0d5, #3b2c0c);
  --plain: light-dark(#3f4854, #c3ccd8);
  --plain-back: light-dark(#e8ecf1, #2a313b);
  --bar-good: light-dark(#2b8a5a, #4fbf85);
  --bar-bad: light-dark(#c93c45, #e8737a);
  --bar-wait: light-dark(#b0731a, #d9a63c);
  --bar-plain: light-dark(#667386, #8f9bab);
}
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
body { margin: 0; background: var(--page); color: var(--text); }
a { color: var(--link); }
code, kbd { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; font-size: 0.875em; overflow-wrap: anywhere; }
kbd { border: 1px solid var(--line); border-radius: 4px; padding: 0 0.3em; color: inherit; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
main:focus { outline: none; }
.skip { position: absolute; left: -999px; background: var(--card); padding: 0.5rem 1rem; }
.skip:focus { left: 0.5rem; top: 0.5rem; z-index: 2; }
.unseen:not(:focus-within) { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
header { display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem; align-items: center; padding: 0.5rem 1rem; background: var(--card); border-bottom: 1px solid var(--line); }
.brand { margin: 0; font-weight: 650; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem; list-style: none; margin: 0; padding: 0; }
nav a { display: inline-block; padding: 0.35rem 0.6rem; border-radius: 6px; text-decoration: none; }
nav a:hover { background: var(--plain-back); }
nav a[aria-current] { background: var(--plain-back); color: var(--text); font-weight: 600; }
.who { margin-inline-start: auto; display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
.who form { margin: 0; }
.role, .hint { color: var(--soft); font-size: 0.875rem; }
main { max-width: 84rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; margin: 0.25rem 0 1rem; }
h2 { font-size: 1.125rem; margin: 0 0 0.75rem; }
h3 { font-size: 1rem; margin: 1rem 0 0.5rem; }
section, .told { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem; margin: 0 0 1rem; }
.notice, .alert { border-radius: 8px; padding: 0.6rem 1rem; margin: 0 0 1rem; background: var(--good-back); color: var(--good); }
.notice a, .notice code { color: inherit; }
.alert { background: var(--bad-back); color: var(--bad); }
.empty { color: var(--soft); margin: 0; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; padding: 0.45rem 0.6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--soft); font-weight: 600; font-size: 0.875rem; white-space: nowrap; }
tbody th { font-weight: 600; }
tr[data-item]:focus-within { background: var(--plain-back); }
td.value { overflow-wrap: anywhere; white-space: pre-wrap; min-width: 8rem; max-width: 28rem; }
td.tight { white-space: nowrap; }
td form { margin: 0; }
tr[data-item] > * { vertical-align: middle; }
main > .scroll { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 0.25rem 0.5rem; margin: 0 0 1rem; }
.scroll tbody tr:last-child > * { border-bottom: 0; }
.badge { display: inline-block; border-radius: 999px; padding: 0.05rem 0.6rem; font-size: 0.8125rem; font-weight: 600; white-space: nowrap; background: var(--plain-back); color: var(--plain); }
.badge.good { background: var(--good-back); color: var(--good); }
.badge.bad { background: var(--bad-back); color: var(--bad); }
.badge.wait { background: var(--wait-back); color: var(--wait); }
button, .button { font: inherit; min-height: 2.25rem; padding: 0.3rem 0.9rem; border: 1px solid var(--line); border-radius: 6px; background: var(--card); color: var(--text); cursor: pointer; }
.button { display: inline-block; text-decoration: none; }
button:hover, .button:hover { background: var(--plain-back); }
button.primary { background: var(--accent); border-color: var(--accent); color: #fff; }
button.quiet { min-height: 2rem; padding: 0.1rem 0.6rem; }
input, select, textarea { font: inherit; width: 100%; max-width: 100%; min-height: 2.25rem; padding: 0.3rem 0.5rem; border: 1px solid var(--soft); border-radius: 6px; background: var(--page); color: var(--text); }
input[type="checkbox"] { width: 1.25rem; min-height: 1.25rem; margin: 0; accent-color: var(--accent); vertical-align: middle; }
label { font-weight: 600; font-size: 0.9375rem; }
.field { margin: 0 0 0.75rem; }
.field .hint { margin: 0.15rem 0 0; }
.check { display: inline-flex; gap: 0.4rem; align-items: center; font-weight: 400; min-height: 1.75rem; margin-inline-end: 1rem; }
.narrow { max-width: 26rem; margin: 0 0 1rem; }
.row { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: end; }
.row .field { margin: 0; min-width: 9rem; }
td .row { flex-wrap: nowrap; }
td .row select { width: auto; }
fieldset { border: 1px solid var(--line); border-radius: 6px; margin: 0 0 0.75rem; }
details.filters { margin: 0 0 1rem; }
details.filters > summary { display: inline-block; border: 1px solid var(--line); background: var(--card); }
details.filters[open] > summary { margin-bottom: 0.5rem; }
summary { cursor: pointer; padding: 0.35rem 0.5rem; border-radius: 6px; }
.acts { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: flex-start; margin: 0 0 1rem; }
.acts > form { margin: 0; }
details.act { background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
details.act > summary { min-height: 2.25rem; padding: 0.3rem 0.9rem; }
section details.act, .scroll + details { margin-top: 0.5rem; }
details.act[open] { flex-basis: 100%; }
details.act > form { padding: 0.75rem; max-width: 44rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 0.75rem; list-style: none; padding: 0; margin: 0 0 1rem; }
.figures a { display: block; height: 100%; padding: 0.75rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; text-decoration: none; }
.figure { display: block; font-size: 1.75rem; font-weight: 650; line-height: 1.1; color: var(--text); }
.figure.none { color: var(--soft); }
.chart { margin: 0; max-width: 26rem; }
.chart svg { display: block; width: 100%; height: auto; }
.chart a:hover .chart-label { text-decoration: underline; }
.chart-label { fill: var(--soft); font-size: 13px; }
.chart-count { fill: var(--text); font-size: 13px; font-weight: 600; }
.bar { fill: var(--bar-plain); }
.bar.good { fill: var(--bar-good); }
.bar.bad { fill: var(--bar-bad); }
.bar.wait { fill: var(--bar-wait); }
.documents { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1rem; }
figure { margin: 0; }
.viewer .pane { overflow: hidden; touch-action: pinch-zoom; cursor: grab; height: 20rem; border: 1px solid var(--line); border-radius: 6px; background: var(--page); display: grid; }
.viewer img { margin: auto; max-width: 100%; max-height: 19.5rem; transform-origin: center; user-select: none; -webkit-user-drag: none; }
.tools { display: flex; flex-wrap: wrap; gap: 0.35rem; margin: 0.25rem 0; }
.tools[hidden] { display: none; }
dl.found { margin: 0; }
dl.found > div, dl.keys > div { display: flex; gap: 0.75rem; padding: 0.15rem 0; }
dl.found dt { color: var(--soft); min-width: 9rem; }
dl.keys dt { min-width: 6.5rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.notes, .timeline { list-style: none; padding: 0; margin: 0; }
.notes p { margin: 0; }
.notes li, .timeline li { padding: 0.35rem 0; border-bottom: 1px solid var(--line); }
.notes .text { white-space: pre-wrap; }
.timeline time { color: var(--soft); font-size: 0.875rem; }
.qr { width: 12rem; background: #fff; padding: 0.25rem; border-radius: 6px; }
.qr svg { display: block; width: 100%; height: auto; }
.secret { user-select: all; }
dialog { background: var(--card); color: var(--text); border: 1px solid var(--line); border-radius: 10px; max-width: 34rem; width: calc(100% - 2rem); }
dialog::backdrop { background: rgb(0 0 0 / 50%); }
@media (min-width: 64rem) {
  .charts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem; align-items: start; }
  .pair { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 1rem; align-items: start; }
  .pair > section:last-child { position: sticky; top: 1rem; }
}
@media (max-width: 40rem) {
  main { padding: 0.75rem; }
  section { padding: 0.75rem; }
  .scroll tr:not([data-item]) > td:not(:first-child) { min-width: 7rem; }
  .scroll th code:not(.hint) { display: inline-block; min-width: 14rem; }
  header { gap: 0.25rem 0.75rem; }
  nav { order: 3; flex-basis: 100%; min-width: 0; }
  nav ul { flex-wrap: nowrap; overflow-x: auto; scrollbar-width: none; }
  dl.found > div { flex-direction: column; gap: 0; }
}
@media (max-width: 40rem), (hover: none) and (pointer: coarse) { [data-help], summary kbd, button kbd { display: none; } }
@media (prefers-reduced-motion: no-preference) { .viewer img { transition: rotate 120ms, scale 120ms; } }
`;
