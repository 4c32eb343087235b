import { hkdfSync, randomBytes } from 'node:crypto';
import { openBytes, sealBytes } from '../../../src/vault/key-ring.ts';
import { json, type StandIn, serveStandIn } from './stand-in.ts';

/** A key of the transit engine. */
export interface TransitKey {
  /** Its versions, the first of which is 1. */
  readonly versions: Buffer[];
  readonly derived: boolean;
  minDecryptionVersion: number;
}

/** How the stand-in behaves; may be changed while it serves. */
export interface VaultBehaviour {
  readonly keys: Map<string, TransitKey>;
  token: string;
  readonly namespace?: string;
  /** Where the engine is. Default: `transit`. */
  readonly mount?: string;
  isSealed?: boolean;
  /** How many requests get a 503 before the next is answered. */
  hiccups?: number;
}

/** Stands for Vault. */
export interface VaultStandIn extends StandIn {
  readonly behaviour: VaultBehaviour;
  /** What it heard: method and path. */
  readonly requests: string[];
}

/** A new key of one version. */
export function transitKey(derived = true): TransitKey {
  return { versions: [randomBytes(32)], derived, minDecryptionVersion: 1 };
}

/** A refusal as Vault words it: `{ "errors": ["…"] }`. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Body = Readonly<Record<string, string | undefined>>;

/**
 * Stands in for the transit engine of Vault 1.21 with keys of type aes256-gcm96: encrypt, decrypt, rewrap, key versions, derivation, namespaces,
 * and the words of its refusals.
 * @see https://developer.hashicorp.com/vault/api-docs/secret/transit
 */
export async function serveVault(behaviour: VaultBehaviour): Promise<VaultStandIn> {
  const requests: string[] = [];
  const standIn = await serveStandIn(async (request) => {
    requests.push(`${request.method} ${new URL(request.url).pathname}`);
    try {
      const data = perform(behaviour, request, (await request.json()) as Body);
      const envelope = {
        lease_id: '',
        renewable: false,
        lease_duration: 0,
        wrap_info: null,
        warnings: null,
        auth: null,
      };
      return json({ request_id: 'stand-in', ...envelope, data, mount_type: 'transit' });
    } catch (error) {
      if (error instanceof Refusal) return json({ errors: [error.message] }, error.status);
      throw error;
    }
  });
  return { ...standIn, behaviour, requests };
}

function perform(behaviour: VaultBehaviour, request: Request, body: Body): Readonly<Record<string, unknown>> {
  requireService(behaviour, request);
  const path = new URL(request.url).pathname;
  const { mount = 'transit', keys } = behaviour;
  const rest = path.startsWith(`/v1/${mount}/`) ? path.slice(`/v1/${mount}/`.length) : '';
  const [, act, name = ''] = /^(encrypt|decrypt|rewrap)\/([\w.-]+)$/.exec(rest) ?? [];
  if (act === undefined) throw new Refusal(404, `no handler for route "${path.slice(4)}". route entry not found.`);
  if (!['POST', 'PUT'].includes(request.method)) throw new Refusal(405, 'unsupported operation');
  const key = keys.get(name);
  // A token that may only update makes no key by encrypting.
  if (key === undefined) throw new Refusal(400, 'encryption key not found');
  if (act === 'encrypt') return seal(key, base64(body, 'plaintext'), body);
  const plain = open(key, body);
  return act === 'decrypt' ? { plaintext: plain.toString('base64') } : seal(key, plain, body);
}

function requireService(behaviour: VaultBehaviour, { headers }: Request): void {
  if (behaviour.isSealed === true) throw new Refusal(503, 'Vault is sealed');
  if ((behaviour.hiccups ?? 0) > 0) {
    behaviour.hiccups = (behaviour.hiccups ?? 0) - 1;
    throw new Refusal(503, 'local node not active but active cluster node not found');
  }
  const isOurs = headers.get('x-vault-token') === behaviour.token;
  if (!isOurs || (headers.get('x-vault-namespace') ?? '') !== (behaviour.namespace ?? ''))
    throw new Refusal(403, 'permission denied');
}

function seal(key: TransitKey, plain: Buffer, body: Body): Readonly<Record<string, unknown>> {
  const version = key.versions.length;
  const sealed = sealBytes(materialOf(key, version, body), plain, Buffer.alloc(0));
  return { ciphertext: `vault:v${version}:${sealed.toString('base64')}`, key_version: version };
}

function open(key: TransitKey, body: Body): Buffer {
  const { ciphertext = '' } = body;
  if (ciphertext === '') throw new Refusal(400, 'missing ciphertext to decrypt');
  if (!ciphertext.startsWith('vault:v')) throw new Refusal(400, 'invalid ciphertext: no prefix');
  const [, digits = '', text = ''] = /^vault:v([^:]*):(.*)$/.exec(ciphertext) ?? [];
  const version = Number(digits);
  if (!Number.isInteger(version)) throw new Refusal(400, 'invalid ciphertext: version number could not be decoded');
  if (version > key.versions.length) throw new Refusal(400, 'invalid ciphertext: version is too new');
  if (version < key.minDecryptionVersion)
    throw new Refusal(400, 'ciphertext or signature version is disallowed by policy (too old)');
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new Refusal(400, 'invalid ciphertext: could not decode base64');
  try {
    return openBytes(materialOf(key, version, body), bytes, Buffer.alloc(0), 'a ciphertext');
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(400, 'cipher: message authentication failed');
  }
}

/** A key that is not derived ignores the context. */
function materialOf({ versions, derived }: TransitKey, version: number, body: Body): Uint8Array {
  const material = versions[version - 1] ?? Buffer.alloc(32);
  if (!derived) return material;
  const context = base64(body, 'context');
  if (context.length === 0)
    throw new Refusal(400, "missing 'context' for key derivation; the key was created using a derived key");
  return Buffer.from(hkdfSync('sha256', material, '', context, 32));
}

function base64(body: Body, name: 'plaintext' | 'context'): Buffer {
  const text = body[name] ?? '';
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new Refusal(400, 'illegal base64 data at input byte 0');
  return bytes;
}
