import { CustomerNotFound, InvalidRequest, KycError } from './errors.ts';
import { type ReceivingParts, withReceived } from './http/received-form.ts';
import type { Route } from './http/route.ts';
import { localize } from './kyc/localized-text.ts';
import type { PageAbout } from './kyc/page-about.ts';
import { typeOf } from './kyc/requirements.ts';
import { type CustomerLink, CustomerLinks } from './portal/links.ts';
import type { PageConsent } from './portal/page.ts';
import type { Portal, PortalEndpoint } from './portal/portal.ts';
import type { UsedTokens } from './portal/sessions.ts';
import type { Visit } from './portal/visit.ts';
import type { Settings } from './resolve-options.ts';
import type { CustomerIntegration } from './sep12/integration.ts';
import type { Memo } from './stellar/memo.ts';
import type { Store } from './store/store.ts';

/** Whom a link to the customer page is to be for, and what about. */
export interface CustomerLinkRequest {
  /** The customer, if registered. With the built-in integration that is enough. */
  readonly customerId?: string;
  /** The account, with the memo of the user if several share it; whoever it is, registered or not. */
  readonly subject?: { readonly account: string; readonly memo?: Memo };
  /** Default: the program's. */
  readonly type?: string;
  /** With a `type` only. */
  readonly transactionId?: string;
  /** BCP 47. Default: the browser's. */
  readonly lang?: string;
}

/** Makes links; undefined where the page is switched off. */
export function openLinks({ page, jwtKey, hostUrl, clock }: Settings): CustomerLinks | undefined {
  return page.isOn
    ? new CustomerLinks({ rootKey: jwtKey, hostUrl, clock, lifetimeSeconds: page.linkSeconds })
    : undefined;
}

/** How the built-in integration makes links to it, as a part of that. */
export function pageUrlOf(links: CustomerLinks | undefined): { readonly pageUrl?: (about: PageAbout) => string } {
  return links === undefined ? {} : { pageUrl: (about) => links.issue(about).url };
}

/**
 * A link for one customer.
 * @throws KycError `not_implemented` where the page is off; {@link CustomerNotFound} for an id that is no customer's
 * @throws TypeError when nobody is named
 */
export async function linkFor(
  links: CustomerLinks | undefined,
  { program, integration }: Pick<Settings, 'program' | 'integration'>,
  store: Store,
  { customerId, subject, type, transactionId, lang }: CustomerLinkRequest,
): Promise<CustomerLink> {
  if (links === undefined) throw new KycError('not_implemented', { key: 'error.not_implemented' });
  if (transactionId !== undefined && type === undefined)
    throw new InvalidRequest({ key: 'error.type_with_transaction' }, { field: 'type' });
  if (integration === undefined) typeOf(program, type);
  const visit: Visit = {
    ...(subject ?? (await subjectOf(store, customerId, integration))),
    ...(customerId !== undefined && { customerId }),
    ...(type !== undefined && { type }),
    ...(transactionId !== undefined && { transactionId }),
    ...(lang !== undefined && { lang }),
  };
  return links.issue(visit);
}

async function subjectOf(
  { accounts }: Store,
  customerId: string | undefined,
  integration: CustomerIntegration | undefined,
): Promise<Pick<Visit, 'account' | 'memo'>> {
  if (customerId === undefined) throw new TypeError('customerLink: expected a customerId or a subject');
  if (integration !== undefined)
    throw new TypeError('customerLink: expected a subject; an integration of your own is asked as that');
  const known = (await accounts.findMerged(customerId)) ?? customerId;
  const identities = await accounts.listIdentities(known);
  // After a merge, the identity that knows the customer by this id.
  const own = identities.find(({ knownAs }) => knownAs === (known === customerId ? undefined : customerId));
  const identity = own ?? identities[0];
  if (identity === undefined) throw new CustomerNotFound();
  return { account: identity.account, ...(identity.memo && { memo: identity.memo }) };
}

/** What serving the page needs beside the settings. */
export interface ServingParts {
  readonly links: CustomerLinks;
  readonly integration: CustomerIntegration;
  readonly store: Store;
  readonly receiving: ReceivingParts;
}

const endpoints: readonly PortalEndpoint[] = [
  'GET /kyc',
  'POST /kyc',
  'GET /kyc/open',
  'POST /kyc/open',
  'POST /kyc/again',
  'POST /kyc/leave',
  'GET /kyc/state',
  'GET /kyc/page.css',
  'GET /kyc/page.js',
];

/** The routes of the page. What is behind them is imported when the first of them is asked for. */
export function customerPageRoutes(settings: Settings, parts: ServingParts): readonly Route[] {
  let opening: Promise<Portal> | undefined;
  return endpoints.map((endpoint) => {
    const [method, path] = endpoint.split(' ') as [Route['method'], string];
    const handle: Route['handle'] = async (call) => {
      const { request, requestId } = call;
      opening ??= openPortal(settings, parts);
      return (await opening).handle(endpoint, {
        request,
        requestId,
        withForm: (use) => withReceived(parts.receiving, call, use),
      });
    };
    return { method, path, about: 'page', isPrivate: true, handle };
  });
}

async function openPortal(settings: Settings, { links, integration, store }: ServingParts): Promise<Portal> {
  const [{ Portal: Page }, { Sessions }] = await Promise.all([
    import('./portal/portal.ts'),
    import('./portal/sessions.ts'),
  ]);
  const { page, jwtKey: rootKey, hostUrl, clock, log, appName, bodyLimits } = settings;
  const { origin, pathname } = new URL(hostUrl);
  const used: UsedTokens = {
    use: (name, expiresAt) => store.useChallenge(name, expiresAt, clock.now()),
    isUsed: (name) => store.isUsedChallenge(name),
  };
  return new Page({
    integration,
    settings: {
      ...{ origin, basePath: pathname.replace(/\/+$/, ''), appName, fileBytes: bodyLimits.fileBytes },
      ...{ brandColor: page.brandColor, supportContact: page.supportContact, consent: consentOf(settings) },
    },
    links,
    sessions: new Sessions({ rootKey, hostUrl, clock, lifetimeSeconds: page.sessionSeconds, used }),
    used,
    clock,
    log,
  });
}

function consentOf({ program: { consent } }: Settings): PageConsent | undefined {
  return consent && { version: consent.version, textIn: (lang) => localize(consent.text, lang.toLowerCase()) };
}
