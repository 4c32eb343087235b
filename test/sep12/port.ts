import type { RawOptions } from '../../src/environment.ts';
import type { CustomerIntegration } from '../../src/sep12/integration.ts';
import { openTestAnchor, type TestAnchor } from '../support/test-anchor.ts';
import { type LogLine, recordingLogger } from './support.ts';

/** An anchor over an integration of its own, of which a test writes the part it is about. */
export async function openPort(
  parts: Partial<CustomerIntegration>,
  options: RawOptions = {},
): Promise<TestAnchor & { readonly lines: readonly LogLine[] }> {
  const { logger, lines } = recordingLogger();
  const rest: CustomerIntegration = {
    get: async () => ({ status: 'NEEDS_INFO', fields: {} }),
    put: async () => 'customer-1',
    delete: async () => {},
  };
  const anchor = await openTestAnchor({ integration: { ...rest, ...parts }, logger, ...options });
  return { ...anchor, lines };
}
