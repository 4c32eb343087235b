import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The credentials that the stand-in knows. */
export const standInKeys = { accessKeyId: 'STANDINACCESSKEY', secretAccessKey: 'stand-in-secret' } as const;

const shape =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([a-z0-9-]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

/** The S3 error code of a request that is not signed as it must be; undefined when it is. @see AWS Signature Version 4 for API requests */
export function signatureFault({ method = '', url = '', headers }: IncomingMessage): string | undefined {
  const [, accessKeyId, day = '', region = '', names = '', signature] = shape.exec(headers.authorization ?? '') ?? [];
  const [signed, amzDate] = [names.split(';'), String(headers['x-amz-date'])];
  if (accessKeyId === undefined) return 'AccessDenied';
  if (accessKeyId !== standInKeys.accessKeyId) return 'InvalidAccessKeyId';
  const amz = Object.keys(headers).filter((name) => name.startsWith('x-amz-'));
  if (!['host', ...amz].every((name) => signed.includes(name)) || !amzDate.startsWith(day)) return 'AccessDenied';
  const canonical = [
    method,
    url.split('?')[0],
    (url.split('?')[1] ?? '').split('&').sort().join('&'),
    ...signed.map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    headers['x-amz-content-sha256'],
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const hashed = createHash('sha256').update(canonical).digest('hex');
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${standInKeys.secretAccessKey}`);
  const expected = hmac(key, ['AWS4-HMAC-SHA256', amzDate, scope, hashed].join('\n')).toString('hex');
  return signature === expected ? undefined : 'SignatureDoesNotMatch';
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
