import { parseJsonObject } from '../sep9/json-object.ts';
import { getChallenge } from '../sep10/get-challenge.ts';
import { postToken } from '../sep10/post-token.ts';
import type { WebAuth } from '../sep10/web-auth.ts';
import { type BodyLimits, defaultBodyLimits } from './body-limits.ts';
import { challengeAbout, tokenAbout } from './openapi/about-others.ts';
import { readBody } from './request-body.ts';
import type { Route } from './route.ts';

/** A signed challenge is a few kilobytes at most. */
const limits: BodyLimits = { ...defaultBodyLimits, fields: 20, files: 0, totalBytes: 128 * 1024 };

/** The endpoint of SEP-10. @see SEP-10 § Authentication Endpoint */
export function sep10Routes(auth: WebAuth): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/auth',
      about: challengeAbout,
      handle: async ({ request, query }) => {
        const authorization = request.headers.get('authorization') ?? undefined;
        return { status: 200, body: await getChallenge(auth, query(), authorization) };
      },
    },
    {
      method: 'POST',
      path: '/auth',
      about: tokenAbout,
      handle: async ({ request }) => {
        const { values } = await readBody<never>(request, {
          limits,
          kindOf: () => 'text',
          storeFile: () => Promise.reject(new TypeError('sign-in takes no files')),
          discard: () => Promise.resolve(),
          parseJson: parseJsonObject,
        });
        const params = new Map([...values].filter(([, value]) => value !== ''));
        return { status: 200, body: await postToken(auth, params) };
      },
    },
  ];
}
