import type { OperatorState } from '../operator-store.ts';

/** The tables of those who sign in to the console. Times are Unix milliseconds. */
export interface ConsoleTables {
  console_operators: {
    id: string;
    name: string;
    name_key: string;
    role: string;
    state: OperatorState;
    password: string | null;
    totp_salt: string | null;
    totp_step: number;
    subject: string | null;
    created_at: number;
  };
  console_invitations: { token_hash: string; operator_id: string; expires_at: number };
  console_sessions: {
    token_hash: string;
    operator_id: string;
    public_id: string;
    created_at: number;
    seen_at: number;
    by_what: string;
  };
  console_attempts: { bucket: string; failures: number; locked_until: number; at: number };
  console_passkeys: {
    id: string;
    operator_id: string;
    public_key: Uint8Array;
    counter: number;
    label: string;
    created_at: number;
  };
}
