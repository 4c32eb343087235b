import { randomBytes } from 'node:crypto';
import { encodeStrkey } from '../src/stellar/strkey.ts';
import type { BuiltServer } from '../test/support/built-server.ts';

/** The value the PUTs change: always of one length, never the same twice. */
export function emailAddress(n: number): string {
  return `ada-${String(n).padStart(9, '0')}@example.com`;
}

const person = { first_name: 'Ada', last_name: 'Lovelace', email_address: emailAddress(0), birth_date: '1990-12-10' };

/** An account that no server has seen. */
export function freshAccount(): string {
  return encodeStrkey('account', randomBytes(32));
}

/** Registers customers that are ACCEPTED as sep31-sender, and answers their accounts. */
export async function registerCustomers(server: BuiltServer, count: number): Promise<readonly string[]> {
  const accounts = Array.from({ length: count }, freshAccount);
  const waiting = accounts.values();
  const registerAll = async (): Promise<void> => {
    for (const account of waiting) await register(server, account);
  };
  await Promise.all(Array.from({ length: 16 }, registerAll));
  return accounts;
}

async function register(server: BuiltServer, account: string): Promise<void> {
  const headers = { Authorization: `Bearer ${await server.token(account)}`, 'Content-Type': 'application/json' };
  const init = { method: 'PUT', headers, body: JSON.stringify(person) };
  const response = await fetch(`http://127.0.0.1:${server.port}/customer`, init);
  const text = await response.text();
  if (response.status !== 202) throw new Error(`registering was answered ${response.status}: ${text}`);
}
