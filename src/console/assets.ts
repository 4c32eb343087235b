import { createHash } from 'node:crypto';
import { script } from './assets/script.ts';
import { style } from './assets/style.ts';

interface Asset {
  readonly type: string;
  readonly body: string;
  readonly hash: string;
}

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="#2456b8"/><path d="M4.5 8.5l2.5 2.5 4.5-5.5" fill="none" stroke="#fff" stroke-width="1.8"/></svg>`;

/** By name. The path of each carries what it holds, so that browsers may keep it for good. */
const assets: Readonly<Record<AssetName, Asset>> = {
  'console.css': asset('text/css', style),
  'console.js': asset('text/javascript', script),
  'icon.svg': asset('image/svg+xml', icon),
};

/** What pages load. */
export type AssetName = 'console.css' | 'console.js' | 'icon.svg';

/** The path of an asset, below the console's. */
export function assetPath(name: AssetName): string {
  return `/assets/${assets[name].hash}/${name}`;
}

/** The asset of a path; undefined for a path that is none's. */
export function findAsset(path: string, headers: Readonly<Record<string, string>>): Response | undefined {
  const [, name = ''] = /^\/assets\/[0-9a-f]{16}\/([\w.]+)$/.exec(path) ?? [];
  if (!Object.hasOwn(assets, name)) return undefined;
  const { body, type } = assets[name as AssetName];
  const own = { 'Cache-Control': 'public, max-age=31536000, immutable', 'Content-Type': `${type}; charset=utf-8` };
  return new Response(body, { headers: { ...headers, ...own } });
}

function asset(type: string, body: string): Asset {
  return { type, body, hash: createHash('sha256').update(body).digest('hex').slice(0, 16) };
}
