import { linkFor } from './customer-page.ts';
import { DeliveryDesk } from './delivery-desk.ts';
import { deliveryRoutes } from './http/delivery-routes.ts';
import { linkRoutes } from './http/link-routes.ts';
import { operatorPaymentRoutes } from './http/operator-payment-routes.ts';
import { operatorRoutes } from './http/operator-routes.ts';
import type { Route } from './http/route.ts';
import { sep6Routes } from './http/sep6-routes.ts';
import { sep31Routes } from './http/sep31-routes.ts';
import type { BuiltIn } from './kyc/open-built-in.ts';
import { LinkDesk } from './link-desk.ts';
import { PaymentDesk } from './payments/payment-desk.ts';
import type { Payments } from './payments/payments.ts';
import type { CustomerLinks } from './portal/links.ts';
import type { Settings } from './resolve-options.ts';
import type { WebAuth } from './sep10/web-auth.ts';
import type { Store } from './store/store.ts';

/** The endpoints for operators, where there are some. */
export function operatorDoors(
  settings: Settings,
  store: Store,
  builtIn: BuiltIn | undefined,
  payments: Payments | undefined,
  links: CustomerLinks | undefined,
): readonly Route[] {
  const { operators, clock } = settings;
  if (builtIn === undefined || operators.length === 0) return [];
  const { desk, parts } = builtIn;
  const linkDesk = new LinkDesk(
    (request) => linkFor(links, settings, store, request),
    (operator, id) => desk.find(operator, { id }),
    store.audit,
  );
  return [
    ...operatorRoutes(desk, operators),
    ...deliveryRoutes(new DeliveryDesk(store.deliveries, clock), operators),
    ...linkRoutes(linkDesk, operators),
    ...operatorPaymentRoutes(new PaymentDesk(parts, payments), operators),
  ];
}

/** The endpoints of SEP-6 and SEP-31, where they are served. */
export function paymentDoors(
  { sep6, sep31, localMode: allowLoopback }: Settings,
  builtIn: BuiltIn | undefined,
  payments: Payments | undefined,
  { tokens }: WebAuth,
): readonly Route[] {
  if (builtIn === undefined || payments === undefined) return [];
  const { parts: deciding, integration } = builtIn;
  return [
    ...(sep6 ? sep6Routes({ settings: sep6, payments, deciding, integration, allowLoopback }, tokens) : []),
    ...(sep31 ? sep31Routes({ settings: sep31, payments, deciding, allowLoopback }, tokens) : []),
  ];
}
