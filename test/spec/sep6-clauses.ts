import { type Clause, section } from './section.ts';

/** Every clause of SEP-6 4.3.0 that asks something of an anchor, by section, with quotes of a quote server that is not part of this one. */
export const sep6Clauses: readonly Clause[] = [
  ...section('Prerequisites', [['sep6.pre.server', 'must', 'stellar.toml says where the transfer server is']]),
  ...section('Authentication', [
    ['sep6.auth.required', 'must', 'a request without a good token is 403 authentication_required, except for info'],
  ]),
  ...section('Deposit', [
    ['sep6.deposit.create', 'must', '200 with the id, how to pay, limits and fees'],
    ['sep6.deposit.account', 'must', 'the asset may go to another account than the one that is signed in, with a memo'],
    ['sep6.deposit.customer-id', 'may', 'the customer may be named by the id of SEP-12'],
    ['sep6.deposit.amount-rules', 'may', 'what is asked of customers may depend on the amount'],
    ['sep6.deposit.async', 'may', 'instructions that are not known yet are told by GET /transaction later'],
    ['sep6.deposit.refused', 'should', 'what the anchor cannot do for an account is 400 and says why'],
    ['sep6.deposit.held', 'should', 'while information is missing, 200 and pending_customer_info_update'],
    ['sep6.deposit.claimable', 'may', 'deposits are sent as claimable balances', 'whoever sends them: the anchor'],
  ]),
  ...section('Withdraw', [
    ['sep6.withdraw.create', 'must', '200 with the id, and with account and memo once the money may be sent'],
    ['sep6.withdraw.variation', 'should', 'what is sent may be a tenth more or less than was said'],
  ]),
  ...section('Deposit Exchange, Withdraw Exchange', [
    ['sep6.exchange', 'may', 'what is not offered is an error'],
    ['sep6.exchange.deposit', 'may', 'an asset outside Stellar comes in, and another one goes out on it'],
    ['sep6.exchange.withdraw', 'may', 'an asset comes in on Stellar, and another one goes out outside of it'],
    ['sep6.exchange.quotes', 'may', 'by a quote the amounts are its own; a request that contradicts it is 400'],
  ]),
  ...section('Deposit and Withdraw shared responses', [
    [
      'sep6.info-needed',
      'may',
      'the deprecated 403 non_interactive_customer_info_needed names the fields that are missing',
    ],
    ['sep6.info-status', 'may', 'the deprecated 403 customer_info_status says pending or denied'],
    ['sep6.more-info-url', 'may', 'a page for the customer is told, in the language of the request'],
    [
      'sep6.callback.post',
      'must',
      'on_change_callback is posted what GET /transaction says, signed, when the status changes',
    ],
    ['sep6.error', 'must', 'anything else that is wrong is an error in the language of the request'],
  ]),
  ...section('Info', [
    [
      'sep6.info.assets',
      'must',
      'every asset that is deposited or withdrawn, with its funding methods, limits and fees',
    ],
    ['sep6.info.endpoints', 'must', 'which of the other endpoints there are'],
    ['sep6.info.features', 'may', 'whether accounts are created, and claimable balances sent'],
  ]),
  ...section('Fee', [['sep6.fee', 'may', 'fees are told by an endpoint of their own', 'nothing: it is deprecated']]),
  ...section('Transaction History', [
    ['sep6.history.list', 'must', 'the transfers of whoever is signed in, the newest first'],
    ['sep6.history.filters', 'must', 'by asset, kinds, time, count and page'],
    ['sep6.history.account', 'must', 'an account that is named is the one that is signed in'],
    ['sep6.history.memo', 'must', "of a shared account that user's alone"],
  ]),
  ...section('Single Historical Transaction', [
    ['sep6.get.transaction', 'must', 'a transfer by any of its ids, with status, amounts, fees, times and references'],
    ['sep6.get.instructions', 'must', 'instructions are told from pending_user_transfer_start on, and not before'],
    [
      'sep6.get.customer-updates',
      'may',
      'what the customer is to send for a transfer that is held is named in required_customer_info_updates',
    ],
    ['sep6.get.refunds', 'must', 'what went back is told as refunds'],
    ['sep6.get.404', 'must', 'a transfer that does not exist, or that another account and memo asked for, is 404'],
  ]),
  ...section('Pending Customer Info Update', [
    [
      'sep6.update.customer',
      'must',
      'what is missing is asked for by GET /customer, and the transfer goes on once it came',
    ],
  ]),
  ...section('Update (deprecated)', [
    [
      'sep6.patch.update',
      'must',
      'the fields that were asked for are taken, and the transfer goes back to pending_anchor',
    ],
    ['sep6.patch.400', 'must', 'fields that nobody asked for, or at another time, are 400'],
    ['sep6.patch.404', 'must', 'a transfer that does not exist is 404'],
  ]),
];
