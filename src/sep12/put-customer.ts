import { KycError } from '../errors.ts';
import { type FieldPurpose, readFieldName } from '../sep9/field-name.ts';
import { customerRequest } from './get-customer.ts';
import type { Consent, CustomerContext, CustomerIntegration, UploadedFile } from './integration.ts';
import { isParameter, type Params, parametersOf } from './parameters.ts';

/** What a PUT brought, by wire name. */
export interface Submitted {
  readonly values: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, UploadedFile>;
  readonly unknownFiles: ReadonlySet<string>;
  /** What was agreed to on the customer page. */
  readonly consent?: Consent;
}

/**
 * Takes in a customer's data and answers the customer's id.
 * @see SEP-12 § Customer PUT
 */
export async function putCustomer(
  integration: CustomerIntegration,
  { values, files, unknownFiles, consent }: Submitted,
  query: Params,
  context: CustomerContext,
): Promise<{ readonly id: string }> {
  const params = parametersOf(values, query);
  const sent = sortByPurpose([...values].filter(([name]) => !isParameter(name)));
  const request = {
    ...customerRequest(params, context),
    fields: sent.value,
    files,
    unknownFiles,
    verifications: sent.verification,
    fileIds: sent.file_id,
    ...(consent && { consent }),
  };
  const id: unknown = await integration.put(request, context);
  if (typeof id === 'string' && id !== '') return { id };
  throw new KycError('integration_fault', 'put did not return an id that is a non-empty string');
}

/** Plain values keep their wire names; codes and file ids go by the field they are about. @see SEP-12 § Verification */
function sortByPurpose(sent: readonly (readonly [string, string])[]): Record<FieldPurpose, Map<string, string>> {
  const sorted = {
    value: new Map<string, string>(),
    verification: new Map<string, string>(),
    file_id: new Map<string, string>(),
  };
  for (const [name, value] of sent) {
    const { purpose } = readFieldName(name);
    if (purpose === 'value') sorted.value.set(name, value);
    else if (value !== '') sorted[purpose].set(name.slice(0, -`_${purpose}`.length), value);
  }
  return sorted;
}
