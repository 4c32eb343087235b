/**
 * The harmless text that every virus scanner is to find. Put together here, so that no scanner finds this file.
 * @see https://www.eicar.org/download-anti-malware-testfile/
 */
export const eicar: Buffer = Buffer.from(
  ['X5O!P%@AP[4\\PZX54(P^)7CC)7}', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!', 'H+H*'].join('$'),
);
