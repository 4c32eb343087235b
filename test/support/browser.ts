import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import sparticuz from '@sparticuz/chromium';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/**
 * A real Chromium; `await using` closes it. The machine's own when CHROMIUM_PATH names it, else the one that comes as an npm package, so
 * that a fresh machine needs nothing but `npm ci`.
 */
export async function openBrowser(): Promise<Browser> {
  const own = process.env['CHROMIUM_PATH'];
  // The package's own arguments are for a function in a cloud: one process for all (which dies with its first page), and weaker rules.
  return chromium.launch({
    executablePath: own || (await sparticuz.executablePath()),
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
  });
}

/** The narrowest phone that is common. */
export const phone: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

/** A window on a desk. */
export const desk: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds wrong, WCAG 2.2 A and AA and best practices, one line a finding; empty when there is nothing. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  // In a world of its own, which the page's content security policy does not reach and which the page does not see.
  const client = await page.context().newCDPSession(page);
  const { frameTree } = await client.send('Page.getFrameTree');
  const world = await client.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'axe' });
  const contextId = world.executionContextId;
  await client.send('Runtime.evaluate', { expression: axeSource, contextId });
  const { result, exceptionDetails } = await client.send('Runtime.evaluate', {
    expression: runAxe,
    contextId,
    awaitPromise: true,
    returnByValue: true,
  });
  await client.detach();
  if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value as readonly string[];
}

const runAxe = `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
  .then(({ violations }) => violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => id + ': ' + help + ' — ' + target.join(' ') + ' — ' + failureSummary)))`;
