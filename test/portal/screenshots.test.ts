import assert from 'node:assert/strict';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sharp from 'sharp';
import { openBrowser, phone } from '../support/browser.ts';
import { consentProgram, pageGround } from './ground.ts';
import { pageStates } from './states.ts';

const directory = join(import.meta.dirname, '../../docs/screenshots');
/** Fonts differ from machine to machine: pictures are taken anew only when they are asked for. */
const isUpdate = process.env['UPDATE_SCREENSHOTS'] === '1';
const maxBytes = 60_000;

const browser = await openBrowser();
after(() => browser.close());

for (const [state, lang, colorScheme] of [
  ['link', 'en', 'light'],
  ['needs-info', 'en', 'light'],
  ['faults', 'en', 'light'],
  ['code', 'en', 'light'],
  ['processing', 'fr', 'light'],
  ['rejected-photo', 'es', 'dark'],
  ['accepted', 'pt', 'dark'],
  ['payment-held', 'en', 'light'],
  ['needs-info', 'ar', 'light'],
] as const) {
  const name = `customer-${state}-${lang}${colorScheme === 'dark' ? '-dark' : ''}.png`;
  test(`[portal.pictures] docs/screenshots/${name} is there, and its state can be reached`, async () => {
    await using ground = await pageGround({ program: consentProgram });
    await using context = await browser.newContext({ ...phone, colorScheme });
    const found = pageStates.find((known) => known.name === state);
    assert.ok(found);
    const page = await found.reach(ground, context, lang);
    const picture = await page.screenshot({ animations: 'disabled', caret: 'hide' });
    if (isUpdate) {
      const small = await sharp(picture).png({ palette: true, colours: 32, compressionLevel: 9 }).toBuffer();
      assert.ok(small.length < maxBytes, `${small.length} bytes`);
      await mkdir(directory, { recursive: true });
      await writeFile(join(directory, name), small);
    }
    await access(join(directory, name));
  });
}
