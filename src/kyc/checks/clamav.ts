import { sep9Fields } from '../../sep9/catalogue.ts';
import type { CheckInput, CheckKind, CheckResult } from './check.ts';
import { askVersion, type ClamdAddress, scanFile } from './clamd.ts';
import { type Settings, setting, settingFaults, text, wholeNumber } from './settings.ts';

const rules = {
  host: text('a host name or an address'),
  port: wholeNumber(1, 65_535),
  socket: text('the path of a socket'),
};

/** How clamd names what it did not look at whole, because the file exceeds its limits. Only said with `AlertExceedsMax yes`. */
const limitsExceeded = 'Heuristics.Limits.Exceeded';

/**
 * Whether the files are free of malware, as far as a clamd knows. Settings: `host` and `port` (3310), or `socket`. A file that
 * matches a signature is to be sent again, and so is one that clamd cannot look at whole.
 */
export const clamav: CheckKind = {
  name: 'clamav',
  inputs: [...sep9Fields.values()].filter(({ type }) => type === 'binary').map(({ name }) => name),
  early: true,
  fourEyes: false,
  needsInput: false,
  whereabouts: ['host', 'port', 'socket'],
  faultsOf(settings) {
    const faults = settingFaults(settings, rules);
    const isOne = 'host' in settings !== 'socket' in settings;
    if (!isOne) return [...faults, 'settings: expected either host or socket'];
    return 'port' in settings && 'socket' in settings ? [...faults, 'settings.port: goes with host only'] : faults;
  },
  open(settings) {
    const address = addressOf(settings);
    return { run: (input, { signal }) => scanAll(address, input, signal) };
  },
};

function addressOf(settings: Settings): ClamdAddress {
  const path = setting(settings, 'socket', '');
  if (path !== '') return { path };
  return { host: setting(settings, 'host', '127.0.0.1'), port: setting(settings, 'port', 3310) };
}

async function scanAll(address: ClamdAddress, { files }: CheckInput, signal: AbortSignal): Promise<CheckResult> {
  if (files.size === 0) return { outcome: 'pass' };
  const engine = await askVersion(address, signal);
  const signatures: Record<string, string> = {};
  for (const [key, file] of files) {
    const signature = await scanFile(address, file, signal);
    if (signature !== undefined) signatures[key] = signature;
  }
  const evidence = { engine, signatures };
  const found = Object.keys(signatures);
  if (found.length === 0) return { outcome: 'pass', evidence };
  const infected = found.filter((key) => !signatures[key]?.startsWith(limitsExceeded));
  if (infected.length > 0) return { outcome: 'fail', reason: 'infected-file', fields: infected, evidence };
  return { outcome: 'fail', reason: 'document-unreadable', fields: found, evidence };
}
