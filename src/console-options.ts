import type { RawOptions } from './environment.ts';
import type { SingleSignOnSettings } from './operators/single-sign-on.ts';
import type { OptionReader } from './option-reader.ts';

const expected = '{"issuer":"https://…","clientId":"…","clientSecret":"…"}';

/** Whether there is a console, and who says who its operators are. */
export function readConsoleSettings(
  reader: OptionReader,
  options: RawOptions,
  localMode: boolean,
): { readonly console: boolean; readonly singleSignOn: SingleSignOnSettings | undefined } {
  const given = options.consoleSingleSignOn;
  const read = given === undefined ? undefined : readProvider(given, localMode);
  if (given !== undefined && read === undefined) reader.fault('consoleSingleSignOn', expected);
  return { console: reader.flag('console') ?? localMode, singleSignOn: read };
}

function readProvider(given: unknown, localMode: boolean): SingleSignOnSettings | undefined {
  const value: unknown = typeof given === 'string' ? parseJson(given) : given;
  if (typeof value !== 'object' || value === null) return undefined;
  const { issuer, clientId, clientSecret, ...rest } = value as Readonly<Record<string, unknown>>;
  const isWhole = [issuer, clientId, clientSecret].every((text) => typeof text === 'string' && text !== '');
  const url = URL.parse(String(issuer));
  const isSafe = url?.protocol === 'https:' || (localMode && url?.protocol === 'http:');
  if (!isWhole || !isSafe || Object.keys(rest).length > 0) return undefined;
  return { issuer: String(issuer), clientId: String(clientId), clientSecret: String(clientSecret) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
