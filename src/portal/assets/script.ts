/**
 * What the page does beyond plain forms: it sends them with progress, shows what was chosen, makes large photos smaller, offers the camera, and looks
 * after changes of the status. It is a text, because browsers run it, not this process; the tests run it in one.
 */
export const script: string = String.raw`'use strict';
(() => {
  const largeBytes = 3 * 1024 * 1024;
  const largePixels = 3000;
  const firstMs = 3000;
  const lastMs = 30000;
  const live = document.getElementById('live');
  let main = document.getElementById('main');
  let isBusy = false;
  let isTouched = false;
  let isOver = false;
  let waitMs = firstMs;
  let timer;

  const byId = (id) => document.getElementById(id);

  const parsed = (text) => new DOMParser().parseFromString(text, 'text/html');

  /* Puts another page's content in the place of this one's. "keep" says what of the inputs comes along: nothing, files, or all. */
  function show(text, keep) {
    const next = parsed(text);
    const other = next.getElementById('main');
    if (!other) return location.reload();
    const before = main;
    document.title = next.title;
    document.documentElement.lang = next.documentElement.lang;
    document.documentElement.dir = next.documentElement.dir;
    document.querySelector('footer').replaceWith(next.querySelector('footer'));
    before.replaceWith(other);
    main = other;
    isTouched = false;
    isOver = false;
    enhance(document);
    if (keep !== 'nothing') carry(before, main.querySelector('#answers[data-unread]') ? 'all' : keep);
    const faults = byId('faults');
    const heading = main.querySelector('h1');
    live.textContent = (main.querySelector('.note[role]') || heading).textContent;
    heading.focus();
    if (faults) faults.scrollIntoView({ block: 'nearest' });
    waitMs = firstMs;
    watch();
  }

  function carry(before, keep) {
    for (const old of before.querySelectorAll('#answers [name]')) {
      const fresh = main.querySelector('#answers [name="' + CSS.escape(old.name) + '"]');
      if (!fresh || old.type === 'hidden' || old.type !== fresh.type) continue;
      if (old.type === 'file') {
        if (old.files.length > 0) {
          fresh.files = old.files;
          fresh.dispatchEvent(new Event('change', { bubbles: true }));
        }
      } else if (keep === 'all') {
        if (old.type === 'checkbox') fresh.checked = old.checked;
        else fresh.value = old.value;
        isTouched = true;
      }
    }
  }

  /* Whoever is filling in something is not interrupted. */
  function changed() {
    if (isTouched || isBusy) {
      const note = byId('changed');
      if (note.hidden) {
        note.hidden = false;
        live.textContent = note.textContent;
      }
      return;
    }
    fetch(main.dataset.page, { cache: 'no-store' })
      .then((response) => response.text())
      .then((text) => { if (!isTouched && !isBusy) show(text, 'nothing'); })
      .catch(() => {});
  }

  function look() {
    if (document.hidden || !main.dataset.watch) return;
    const shown = main.dataset.state;
    fetch(main.dataset.watch, { headers: { 'If-None-Match': '"' + shown + '"' }, cache: 'no-store' })
      .then((response) => {
        if (response.status === 304 || response.status >= 500 || main.dataset.state !== shown) return;
        if (!response.ok && isTouched && !isBusy && byId('failed')) return response.text().then((text) => refused(text, response.status));
        changed();
      })
      .catch(() => {})
      .finally(() => { waitMs = Math.min(lastMs, waitMs * 1.25); watch(); });
  }

  function watch() {
    clearTimeout(timer);
    if (main.dataset.watch) timer = setTimeout(look, waitMs);
  }

  /* Not every system knows what a HEIC is; whether it can be drawn is then seen. */
  const nameless = ({ name }) => (/\.hei[cf]$/i.test(name) ? 'image/heic' : '');

  /* A smaller photo, where it loses nothing that matters; else the file as it is. */
  async function smaller(file) {
    if (file.size <= largeBytes || !/^image\/(jpeg|png|webp|hei[cf])$/.test(file.type || nameless(file))) return file;
    try {
      const image = await createImageBitmap(file);
      const scale = largePixels / Math.max(image.width, image.height);
      if (scale >= 1) return file;
      const canvas = document.createElement('canvas');
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      const context = canvas.getContext('2d');
      context.imageSmoothingQuality = 'high';
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      image.close();
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.9));
      return blob && blob.size < file.size ? new File([blob], 'photo.jpg', { type: 'image/jpeg' }) : file;
    } catch {
      return file;
    }
  }

  async function formDataOf(form) {
    const data = new FormData(form);
    for (const [name, value] of [...data]) {
      if (!(value instanceof File)) continue;
      if (value.size === 0) data.delete(name);
      else data.set(name, await smaller(value));
    }
    return data;
  }

  function fail(text, input) {
    const place = byId('failed');
    if (!place) return;
    place.textContent = text;
    place.hidden = false;
    if (input) input.focus();
  }

  /* What is no page to go on with says why nothing was taken, and all that was typed and chosen stays. */
  function refused(text, status) {
    isOver = status === 401 || status === 403;
    const said = [...parsed(text).querySelectorAll('#main h1, #main p')].map((element) => element.textContent);
    const reason = said.length > 0 ? said.join(': ') : main.dataset.failed;
    const place = byId('failed');
    if (place.hidden || place.textContent !== reason) fail(reason);
  }

  /* Whoever opened a new link in this browser meanwhile goes on here, if it is for the same customer and matter. */
  async function renew() {
    const next = parsed(await (await fetch(main.dataset.page, { cache: 'no-store' })).text());
    const token = next.querySelector('[name="page:token"]');
    if (!token || next.getElementById('main').dataset.visit !== main.dataset.visit) return;
    for (const input of document.querySelectorAll('[name="page:token"]')) input.value = token.value;
  }

  function send(form, data, keep) {
    const bar = byId('sending');
    const progress = bar && bar.querySelector('progress');
    const request = new XMLHttpRequest();
    const done = () => { isBusy = false; for (const button of document.querySelectorAll('button')) button.disabled = false; };
    isBusy = true;
    for (const button of document.querySelectorAll('button')) button.disabled = true;
    if (bar) bar.hidden = false;
    live.textContent = main.dataset.sending;
    request.open('POST', form.action);
    request.upload.onprogress = (event) => { if (progress && event.lengthComputable) progress.value = (100 * event.loaded) / event.total; };
    request.onload = () => {
      done();
      const isPage = parsed(request.responseText).querySelector('#main[data-watch]') !== null;
      if (isPage || request.status < 400 || !byId('failed')) return show(request.responseText, request.status < 400 ? keep.fine : keep.refused);
      if (bar) bar.hidden = true;
      refused(request.responseText, request.status);
    };
    request.onerror = () => { done(); if (bar) bar.hidden = true; fail(main.dataset.failed); };
    request.send(data);
  }

  async function submitted(event) {
    const form = event.target;
    if (!main.dataset.watch || 'plain' in form.dataset || !main.contains(form)) return;
    event.preventDefault();
    if (isBusy) return;
    const failed = byId('failed');
    if (failed) failed.hidden = true;
    isBusy = true;
    if (isOver) await renew().catch(() => {});
    const data = await formDataOf(form);
    isBusy = false;
    const large = [...data].find(([, value]) => value instanceof File && value.size > Number(main.dataset.max));
    if (large) return fail(main.dataset.large, form.elements.namedItem(large[0]));
    send(form, data, 'keep' in form.dataset ? { fine: 'all', refused: 'all' } : { fine: 'nothing', refused: 'files' });
  }

  function preview(input) {
    const known = input.parentNode.querySelector('.preview');
    if (known) { URL.revokeObjectURL(known.src); known.remove(); }
    const file = input.files[0];
    if (!file || !file.type.startsWith('image/')) return;
    const image = document.createElement('img');
    image.className = 'preview';
    image.alt = main.dataset.preview;
    image.onerror = () => image.remove();
    image.src = URL.createObjectURL(file);
    input.insertAdjacentElement('afterend', image);
  }

  function offerCamera(input) {
    const label = input.closest('.field').querySelector('label');
    const button = document.createElement('button');
    const about = document.createElement('span');
    button.type = 'button';
    button.className = 'quiet';
    button.textContent = main.dataset.camera;
    about.className = 'apart';
    about.textContent = ' – ' + label.textContent;
    button.append(about);
    button.onclick = () => {
      input.setAttribute('capture', input.dataset.camera);
      input.click();
      input.removeAttribute('capture');
    };
    input.insertAdjacentElement('beforebegin', button);
  }

  function enhance(root) {
    for (const input of root.querySelectorAll('input[type=file][data-camera]')) {
      if (matchMedia('(pointer: coarse)').matches) offerCamera(input);
      input.addEventListener('change', () => preview(input));
    }
  }

  document.addEventListener('input', (event) => { if (main.contains(event.target)) isTouched = true; });
  document.addEventListener('submit', submitted);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) look(); });
  enhance(document);
  watch();
})();
`;
