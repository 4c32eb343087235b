/** The path of a page, below the console's; `ids` are of customers that can be opened. */
export type PathOf = (ids: readonly string[], round: number) => string;

const customer: PathOf = (ids, round) => `/customers/${ids[round % ids.length]}`;
/** Every page, and every way of asking for it that looks elsewhere. */
export const consolePages: Readonly<Record<string, PathOf>> = {
  start: () => '',
  queue: () => '/queue',
  'queue of a type': () => '/queue?type=basic',
  'queue of a risk': () => '/queue?risk=high',
  'queue of a rare reason': () => '/queue?reason=duplicate',
  'queue of a reason nobody has': () => '/queue?reason=infected-file',
  'queue of a type, a risk and a reason': () => '/queue?type=basic&risk=high&reason=duplicate',
  'queue, too late': () => '/queue?late=true',
  'queue, over a day': () => '/queue?olderThan=24',
  'queue, over a week, of a reason': () => '/queue?olderThan=168&reason=screening-hit',
  'queue, escalated': () => '/queue?escalated=true',
  'queue, not escalated': () => '/queue?escalated=false',
  'queue, held by me': () => '/queue?claimedBy=me',
  'queue, held by another': () => '/queue?claimedBy=rita',
  'queue, held by nobody': () => '/queue?claimedBy=nobody',
  'queue, accepted': () => '/queue?state=accepted',
  customer,
  document: (ids, round) => `${customer(ids, round)}/files/photo_id_front`,
  proposals: () => '/proposals',
  search: () => '/search',
  deliveries: () => '/deliveries',
  'deliveries that failed': () => '/deliveries?state=failed',
  'deliveries that wait': () => '/deliveries?state=pending',
  'deliveries to a host': () => '/deliveries?target=wallet-7.example',
  'deliveries to no host': () => '/deliveries?target=nobody.example',
  program: () => '/program',
  people: () => '/people',
  account: () => '/account',
};
