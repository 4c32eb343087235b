import { bearerToken, type TokenSettings, verifyToken } from '../sep10/token.ts';
import { filesOf, getFiles, postFile } from '../sep12/customer-files.ts';
import { deleteCustomer } from '../sep12/delete-customer.ts';
import { getCustomer } from '../sep12/get-customer.ts';
import type { CustomerContext, CustomerIntegration } from '../sep12/integration.ts';
import type { Params } from '../sep12/parameters.ts';
import { putCallback } from '../sep12/put-callback.ts';
import { putCustomer } from '../sep12/put-customer.ts';
import { putVerification } from '../sep12/put-verification.ts';
import type { FieldKind } from './multipart-body.ts';
import type { About } from './openapi/about.ts';
import { type Sep12About, type Sep12Endpoint, sep12About } from './openapi/about-sep12.ts';
import { type ReceivedFile, type ReceivingParts, withReceived } from './received-form.ts';
import type { Reply } from './reply.ts';
import type { RequestBody } from './request-body.ts';
import type { Call, Method, Route } from './route.ts';

/** What the SEP-12 endpoints need. */
export interface Sep12Parts extends ReceivingParts {
  readonly integration: CustomerIntegration;
  readonly tokens: TokenSettings;
  /** For development: callbacks may lead to this machine, by http and on any port. */
  readonly allowLoopback: boolean;
}

type Act = (call: Call, context: CustomerContext) => Promise<object>;

/** The endpoints of SEP-12. @see SEP-12 § API Endpoints */
export function sep12Routes(parts: Sep12Parts): readonly Route[] {
  const { integration } = parts;
  const values = (call: Call, use: (values: ReadonlyMap<string, string>) => Promise<object>): Promise<object> =>
    withBody(parts, call, (body) => use(body.values));
  return [
    route(parts, 'GET /customer', 200, ({ query }, context) => getCustomer(integration, query(), context)),
    route(parts, 'PUT /customer', 202, (call, context) =>
      withBody(parts, call, (body) => putCustomer(integration, body, call.query(), context)),
    ),
    route(parts, 'DELETE /customer/:account', 200, (call, context) =>
      values(call, (body) => deleteCustomer(integration, call.account ?? '', body, call.query(), context)),
    ),
    route(parts, 'PUT /customer/callback', 200, (call, context) =>
      values(call, (body) => putCallback(integration, withoutEmpty(body), context, parts.allowLoopback)),
    ),
    route(parts, 'PUT /customer/verification', 200, (call, context) =>
      values(call, (body) => putVerification(integration, withoutEmpty(body), context)),
    ),
    route(parts, 'POST /customer/files', 200, async (call, context) => {
      const files = filesOf(integration);
      return withBody(parts, call, (body) => postFile(files, body, context), fileKindOf);
    }),
    route(parts, 'GET /customer/files', 200, async ({ query }, context) =>
      getFiles(filesOf(integration), query(), context),
    ),
  ];
}

/** The token is judged before anything else of the request is looked at (ruling 8). */
function route(parts: Sep12Parts, endpoint: Sep12Endpoint, status: number, act: Act): Route {
  const [method, path] = endpoint.split(' ') as [Method, string];
  const handle = async (call: Call): Promise<Reply> => {
    const header = call.request.headers.get('authorization') ?? undefined;
    const subject = await verifyToken(parts.tokens, bearerToken(header));
    return { status, body: await act(call, { subject, requestId: call.requestId }) };
  };
  return { method, path, about: aboutOf(sep12About[endpoint], status), handle };
}

function aboutOf({ reply, ...about }: Sep12About, status: number): About {
  return { ...about, tag: 'SEP-12', takesToken: true, replies: { [status]: reply } };
}

/** Reads the body, and notes the language it asks for. */
function withBody<T>(
  parts: Sep12Parts,
  call: Call,
  use: (body: RequestBody<ReceivedFile>) => Promise<T>,
  kindOf?: (name: string) => FieldKind | undefined,
): Promise<T> {
  const noting = (body: RequestBody<ReceivedFile>): Promise<T> => {
    call.answerIn(body.values.get('lang'));
    return use(body);
  };
  return withReceived(parts, call, noting, kindOf);
}

/** Where a file is sent that no field is named for, none is kept but that one. @see SEP-12 § Customer Files, POST Request */
function fileKindOf(name: string): FieldKind | undefined {
  return name === 'file' ? 'file' : undefined;
}

function withoutEmpty(values: ReadonlyMap<string, string>): Params {
  return new Map([...values].filter(([, value]) => value !== ''));
}
