import { KycError } from '../../errors.ts';

/** Why a key service did not do what it was asked, in its own word for it; never with what it was asked about. */
export class KeyServiceFault extends Error {
  /** The service's name of the fault (`AccessDeniedException`, `403`), or of the network's (`timeout`). */
  readonly code: string;

  constructor(keyId: string, code: string) {
    super(`key '${keyId}' cannot be used: ${code}`);
    this.name = 'KeyServiceFault';
    this.code = code;
  }
}

/** How long whoever is refused because of a key service should wait. */
const retryAfterSeconds = 5;

/** What a key service that is away, or does not let us, is to clients: nothing was decided, nothing was stored. */
export function keyServiceAway(keyId: string, code: string): KycError {
  const cause = new KeyServiceFault(keyId, code);
  return new KycError('unavailable', { key: 'error.keys_away' }, { cause, retryAfterSeconds });
}
