import type { About, ParameterAbout } from './about.ts';

const text = { type: 'string' } as const;

const challengeParameters: readonly ParameterAbout[] = [
  {
    name: 'account',
    in: 'query',
    required: true,
    description: 'The account to sign in with: `G…` or `M…`.',
    schema: text,
  },
  {
    name: 'memo',
    in: 'query',
    description: 'Which user of a shared `G…` account: an unsigned 64-bit number.',
    schema: text,
  },
  {
    name: 'home_domain',
    in: 'query',
    description: 'Which home domain of this anchor; its first unless said.',
    schema: text,
  },
  { name: 'client_domain', in: 'query', description: "The wallet's own domain, which signs too.", schema: text },
];

/** GET /auth */
export const challengeAbout: About = {
  tag: 'SEP-10',
  summary: 'A challenge to sign',
  description: 'A wallet may sign the request itself: `Authorization: Bearer <JWT>` of SEP-10.',
  parameters: challengeParameters,
  replies: { 200: { description: 'The challenge.', schema: 'Challenge' } },
  errors: ['invalid_request', 'invalid_field', 'unauthenticated', 'forbidden'],
};

/** POST /auth */
export const tokenAbout: About = {
  tag: 'SEP-10',
  summary: 'A session token for a signed challenge',
  description: 'A challenge is exchanged once.',
  body: 'signed_challenge',
  replies: { 200: { description: 'The token.', schema: 'Token' } },
  errors: ['invalid_request', 'invalid_field', 'too_large', 'unavailable'],
};

/** GET /.well-known/stellar.toml */
export const tomlAbout: About = {
  tag: 'SEP-1',
  summary: 'stellar.toml: who this anchor is and where its services are',
  replies: { 200: { description: 'TOML.', schema: 'Text', mediaType: 'text/plain' } },
};

/** GET /health and /health/ready */
export const readyAbout: About = {
  tag: 'Operation',
  summary: 'Whether this server can do its work',
  replies: {
    200: { description: 'It can.', schema: 'Health' },
    503: { description: 'It is stopping, or its store cannot serve.', schema: 'Health' },
  },
};

/** GET /health/live */
export const aliveAbout: About = {
  tag: 'Operation',
  summary: 'Whether the process answers',
  replies: { 200: { description: 'It does.', schema: 'Alive' } },
};

/** GET /metrics */
export const metricsAbout: About = {
  tag: 'Operation',
  summary: 'What was answered and delivered, and what waits, for Prometheus',
  replies: { 200: { description: "Prometheus' text format.", schema: 'Text', mediaType: 'text/plain' } },
};

/** GET /openapi.json */
export const documentAbout: About = {
  tag: 'Operation',
  summary: 'This document',
  replies: { 200: { description: 'OpenAPI 3.1.', schema: 'OpenApi' } },
};

/** GET /docs */
export const pageAbout: About = {
  tag: 'Operation',
  summary: 'This document as a page, in local mode',
  replies: { 200: { description: 'HTML.', schema: 'Text', mediaType: 'text/html' } },
};

/** POST /webhooks/:account */
export const webhookAbout: About = {
  tag: 'Operation',
  summary: 'A provider says that it is done with a customer',
  description: 'Signed as the provider does it. The result is fetched from the provider, never taken from the call.',
  parameters: [{ name: 'account', in: 'path', required: true, description: 'The check of the program.', schema: text }],
  replies: { 200: { description: 'Heard.', schema: 'Nothing' } },
  errors: ['invalid_request', 'not_found', 'too_large'],
};
