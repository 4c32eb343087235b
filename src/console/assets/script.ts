/**
 * What the console does beyond plain forms: single keys, the viewer, passkeys. Everything else works without it. It is a text, because browsers run
 * it, not this process; the tests run it in one.
 */
export const script: string = `const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector, root = document) => root.querySelector(selector);

/* Keys. A person who dictates, or whose hand trembles, switches single keys off. */
const setting = 'kyc-console-single-keys';
const box = one('#single-keys');
const help = one('#help');
const isOn = () => localStorage.getItem(setting) !== 'off';
if (box) {
  box.checked = isOn();
  box.addEventListener('change', () => localStorage.setItem(setting, box.checked ? 'on' : 'off'));
}
for (const button of all('[data-help]')) button.addEventListener('click', () => help.showModal());

const isTyping = ({ target }) =>
  target instanceof Element && target.closest('select, textarea, input:not([type="checkbox"])') !== null;
const rows = () => all('[data-item]');
const currentRow = () => document.activeElement?.closest('[data-item]');

function move(by) {
  const list = rows();
  if (list.length === 0) return;
  const at = list.indexOf(currentRow());
  const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), list.length - 1);
  one('[data-open]', list[next])?.focus();
}

function press(element) {
  if (element.tagName !== 'SUMMARY') return element.click();
  const details = element.parentElement;
  details.open = true;
  (one('[data-first]', details) ?? one('select, textarea, input:not([type="hidden"]), button', details) ?? element).focus();
}

const ofRow = { o: '[data-open]', c: '[data-claim] button' };
const keys = {
  j: () => move(1),
  k: () => move(-1),
  t: () => view()?.turn(),
  '+': () => view()?.zoom(1.25),
  '-': () => view()?.zoom(0.8),
};

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !isOn()) return;
  if (isTyping(event) || help?.open) return;
  const inRow = ofRow[event.key] && currentRow() ? one(ofRow[event.key], currentRow()) : null;
  const marked = inRow ?? one('[data-key="' + CSS.escape(event.key) + '"]');
  const act = marked ? () => press(marked) : keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

/* The queue begins at its first row, so that j, o and c work at once. */
if (isOn() && rows().length > 0 && document.activeElement === document.body) one('[data-open]', rows()[0])?.focus({ preventScroll: true });

/* The viewer. */
const views = new Map();
for (const viewer of all('[data-viewer]')) {
  const image = one('img', viewer);
  const pane = one('.pane', viewer);
  let turned = 0;
  let scale = 1;
  let at = { x: 0, y: 0 };
  const within = (value, size) => Math.min(Math.max(value, -size * scale / 2), size * scale / 2);
  const show = () => {
    at = { x: within(at.x, pane.clientWidth), y: within(at.y, pane.clientHeight) };
    image.style.translate = at.x + 'px ' + at.y + 'px';
    image.style.rotate = turned + 'deg';
    image.style.scale = String(scale);
  };
  const view = {
    turn: () => { turned += 90; show(); },
    zoom: (by) => { scale = Math.min(Math.max(scale * by, 0.25), 8); show(); },
    fit: () => { turned = 0; scale = 1; at = { x: 0, y: 0 }; show(); },
    move: (x, y) => { at = { x: at.x + x, y: at.y + y }; show(); },
  };
  let held;
  pane.addEventListener('pointerdown', (event) => { held = event; pane.setPointerCapture(event.pointerId); });
  pane.addEventListener('pointermove', (event) => {
    if (!held) return;
    view.move(event.clientX - held.clientX, event.clientY - held.clientY);
    held = event;
  });
  for (const end of ['pointerup', 'pointercancel']) pane.addEventListener(end, () => { held = undefined; });
  pane.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    view.move(...step);
  });
  views.set(viewer, view);
  one('.tools', viewer).hidden = false;
  for (const button of all('[data-zoom]', viewer)) button.addEventListener('click', () => view.zoom(Number(button.dataset.zoom)));
  one('[data-turn]', viewer).addEventListener('click', view.turn);
  one('[data-fit]', viewer).addEventListener('click', view.fit);
}
const view = () => views.get(document.activeElement?.closest('[data-viewer]')) ?? [...views.values()][0];

/* Passkeys. */
const canPasskey = 'PublicKeyCredential' in window && 'parseRequestOptionsFromJSON' in PublicKeyCredential;
for (const form of all('[data-passkey]')) {
  if (!canPasskey) continue;
  const button = one('button', form);
  button.hidden = false;
  form.addEventListener('submit', async (event) => {
    if (form.elements.answer.value !== '') return;
    event.preventDefault();
    const said = one('[role="status"]', form);
    try {
      const asked = await fetch(form.dataset.options, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
      if (!asked.ok) throw new Error('refused');
      const { options, signed } = await asked.json();
      const answer = form.dataset.passkey === 'register'
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      form.elements.answer.value = JSON.stringify(answer.toJSON());
      form.elements.signed.value = signed;
      form.requestSubmit();
    } catch {
      said.textContent = 'That did not work. Sign out and in again, or try another way.';
    }
  });
}
`;
