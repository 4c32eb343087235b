import { errorPages } from '../../error-pages.ts';
import type { KycErrorCode } from '../../errors.ts';
import type { Route } from '../route.ts';
import { type About, type ReplyAbout, type Tag, tags } from './about.ts';
import { operatorSchemas } from './operator-schemas.ts';
import { type BodySettings, bodySchemas, requestBody } from './request-bodies.ts';
import { type Json, refTo, replySchemas } from './schemas.ts';
import { sep6Schemas } from './sep6-schemas.ts';
import { sep31Schemas } from './sep31-schemas.ts';

/** What the document depends on beside the routes. */
export interface OpenApiSettings extends BodySettings {
  readonly hostUrl: string;
  /** The release of this server. */
  readonly version: string;
  /** The customer types there are, if they are known. */
  readonly customerTypes: readonly string[] | undefined;
}

/** An endpoint in the document. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly [Tag];
  readonly summary: string;
  readonly description?: string;
  readonly deprecated?: true;
  readonly security: readonly Json[];
  readonly parameters?: readonly Json[];
  readonly requestBody?: Json;
  readonly responses: Readonly<Record<string, OperationReply>>;
}

/** A reply in the document. */
export interface OperationReply {
  readonly description: string;
  readonly headers: Json;
  /** Absent where nothing is answered but a status. */
  readonly content?: Readonly<Record<string, { readonly schema: Json }>>;
}

/** The whole document, as far as this server fills it. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Json>>;
    readonly headers: Json;
    readonly securitySchemes: Json;
  };
}

const description = `SEP-12 for Stellar wallets, with the SEP-1 and SEP-10 it stands on. Every endpoint may be called from every web page (CORS) and
answers a preflight. Doubled and trailing slashes and empty query parameters do no harm. A path that is not here is 404, a method that is not here 405;
every error is \`{ "error": "<string>" }\`.`;

/**
 * OpenAPI 3.1 of exactly these routes.
 * @see https://spec.openapis.org/oas/v3.1.0
 */
export function openApiDocument(served: readonly Route[], settings: OpenApiSettings): OpenApiDocument {
  const routes = served.filter(isDescribed);
  const used = new Set(routes.map(({ about }) => about.tag));
  return {
    openapi: '3.1.0',
    info: { title: 'anchor-kyc', version: settings.version, description },
    servers: [{ url: settings.hostUrl }],
    tags: Object.entries(tags)
      .filter(([name]) => [...used].some((tag) => tag === name))
      .map(([name, text]) => ({ name, description: text })),
    paths: pathsOf(routes, settings),
    components: {
      schemas: schemasOf(settings, used),
      headers,
      securitySchemes: { ...session, ...(used.has('Operators') && operator) },
    },
  };
}

/** A route that is not for people to look at. */
type DescribedRoute = Route & { readonly about: About };

function isDescribed(route: Route): route is DescribedRoute {
  return route.about !== 'page';
}

const headers: Json = {
  RequestId: { description: 'The id of the request in the log.', schema: { type: 'string' } },
  WwwAuthenticate: { description: 'RFC 6750.', schema: { type: 'string' } },
  RetryAfter: { description: 'Seconds after which to try again, if it is known.', schema: { type: 'integer' } },
};

const session: Json = {
  session: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The token that POST /auth answers.' },
};

const operator: Json = {
  operator: { type: 'http', scheme: 'bearer', description: "An operator's token, as the setting OPERATORS has it." },
};

function schemasOf(settings: OpenApiSettings, used: ReadonlySet<Tag>): Record<string, Json> {
  const { customerTypes } = settings;
  return {
    ...replySchemas,
    ...bodySchemas(settings),
    ...(used.has('Operators') && operatorSchemas),
    ...(used.has('SEP-6') && sep6Schemas),
    ...(used.has('SEP-31') && sep31Schemas),
    CustomerType: { type: 'string', ...(customerTypes !== undefined && { enum: customerTypes }) },
  };
}

function pathsOf(routes: readonly DescribedRoute[], settings: OpenApiSettings): OpenApiDocument['paths'] {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, settings) };
  }
  return paths;
}

function operationOf({ method, path, about }: DescribedRoute, settings: OpenApiSettings): Operation {
  const { tag, summary, description, deprecated, parameters, body, replies, errors } = about;
  return {
    operationId: operationId(method, path),
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(deprecated && { deprecated }),
    security: securityOf(about),
    ...(parameters !== undefined && { parameters: parameters.map((parameter) => ({ ...parameter })) }),
    ...(body !== undefined && { requestBody: requestBody(body, settings) }),
    responses: { ...successes(replies), ...refusals(errors ?? [], replies) },
  };
}

function securityOf({ takesToken, takesOperatorToken }: About): Json[] {
  if (takesToken) return [{ session: [] }];
  return takesOperatorToken ? [{ operator: [] }] : [];
}

/** `PUT /customer/callback` → `putCustomerCallback` */
function operationId(method: string, path: string): string {
  const words = path.replace(/:\w+/g, '').match(/[a-z]+/gi) ?? [];
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function successes(replies: Readonly<Record<number, ReplyAbout>>): Record<string, OperationReply> {
  return Object.fromEntries(
    Object.entries(replies).map(([status, { description, schema, mediaType = 'application/json' }]) => [
      status,
      replyOf(Number(status), description, mediaType, schema),
    ]),
  );
}

/** One reply a status, as several codes may share one. 500 is always possible. */
function refusals(codes: readonly KycErrorCode[], replies: object): Record<string, OperationReply> {
  const byStatus = Map.groupBy(new Set(codes), (code) => errorPages[code].status);
  if (!byStatus.has(500)) byStatus.set(500, []);
  return Object.fromEntries(
    [...byStatus]
      .filter(([status]) => !(status in replies))
      .map(([status, of]) => {
        const meaning = of.map((code) => errorPages[code].meaning).join(' ') || 'Something went wrong on this side.';
        return [status, replyOf(status, meaning, 'application/json', 'Error')];
      }),
  );
}

function replyOf(status: number, description: string, mediaType: string, schema: string): OperationReply {
  return {
    description,
    headers: {
      'X-Request-Id': { $ref: '#/components/headers/RequestId' },
      ...(status === 401 && { 'WWW-Authenticate': { $ref: '#/components/headers/WwwAuthenticate' } }),
      ...(status === 503 && { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } }),
    },
    ...(schema !== 'Empty' && { content: { [mediaType]: { schema: refTo(schema) } } }),
  };
}
