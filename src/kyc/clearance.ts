import type { Clearance } from '../payments/moves.ts';
import type { ReleaseMode } from './program.ts';
import { type StandingState, statusOf } from './states.ts';

/**
 * What a standing means for a payment that waits for it. With `when-provided` the payment goes on as soon as nothing is asked any more.
 * @see ruling 33
 */
export function clearanceOf(state: StandingState, release: ReleaseMode): Clearance {
  switch (statusOf[state]) {
    case 'ACCEPTED':
      return 'clear';
    case 'PROCESSING':
      return release === 'when-provided' ? 'clear' : 'working';
    case 'NEEDS_INFO':
      return 'asks';
    case 'REJECTED':
      return 'rejected';
  }
}
