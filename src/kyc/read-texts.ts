import { findField } from '../sep9/catalogue.ts';
import { parseValue } from '../sep9/parse-value.ts';
import { readText, type Submission } from './submission.ts';

/** The canonical text of every submitted field, '' for those withdrawn. */
export function readTexts({ texts }: Submission, stored: (key: string) => string | undefined): Map<string, string> {
  const read = (key: string, format?: string): string => {
    const arrived = texts.get(key);
    return arrived === undefined || arrived.value === '' ? '' : readText(arrived, format);
  };
  const formatKey = 'mobile_number_format';
  const mobileNumberFormat = texts.has(formatKey) ? read(formatKey) : stored(formatKey);
  const values = new Map([...texts.keys()].map((key) => [key, read(key, mobileNumberFormat)]));
  if (texts.has(formatKey) && !texts.has('mobile_number')) recheckNumber(stored('mobile_number'), mobileNumberFormat);
  return values;
}

/** A new format must fit the number that is already there. @see SEP-9 § Natural Person Fields, mobile_number_format */
function recheckNumber(number: string | undefined, mobileNumberFormat: string | undefined): void {
  const field = findField('mobile_number');
  if (number !== undefined && field !== undefined) parseValue(field, number, { mobileNumberFormat });
}
