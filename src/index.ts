export type { CustomerLinkRequest } from './customer-page.ts';
export { CustomerNotFound, InvalidRequest, invalidField, KycError, type KycErrorCode } from './errors.ts';
export { defineProgram } from './kyc/compile-program.ts';
export type { LocalizedText } from './kyc/localized-text.ts';
export type {
  CheckDefinition,
  ChoiceDefinition,
  Condition,
  ConsentDefinition,
  DecisionMode,
  ExpiryDefinition,
  FieldDefinition,
  MissingMode,
  ProgramDefinition,
  ReasonDefinition,
  ReleaseMode,
  ReviewDefinition,
  RiskClass,
  RuleDefinition,
  SubjectKind,
  TypeDefinition,
  VerifiedFormat,
} from './kyc/program.ts';
export type { TransactionContext, TransactionCustomer, TransactionLookup } from './kyc/transactions.ts';
export { type Logger, silentLogger } from './lib/log.ts';
export { SettingsError } from './option-reader.ts';
export type { Options, SepName } from './options.ts';
export type { OperatorWebhook } from './outbox/operator-endpoint.ts';
export {
  type CallbackRefusal,
  CallbackRefused,
  type ReceivedCallback,
  verifyCallback,
} from './outbox/verify-callback.ts';
export type { GateAnswer, GateRequest } from './payments/gate.ts';
export type { HttpAnswer, ProtocolAnswers } from './payments/gate-answers.ts';
export type { PaymentStatus, Protocol } from './payments/moves.ts';
export type {
  FeeDetails,
  PartyRole,
  Payment,
  PaymentDetails,
  PaymentMove,
  PaymentParty,
  Receipt,
  ReceiptOutcome,
  Refunds,
  TransactionField,
} from './payments/payment.ts';
export type { Payments, PaymentUpdate } from './payments/payments.ts';
export type {
  FieldToCorrect,
  PaymentWords,
  RailsContext,
  RailsCustomer,
  RailsIntegration,
  RailsOutcome,
} from './payments/rails.ts';
export type { ReceivedMoney } from './payments/receive-money.ts';
export type { CustomerLink } from './portal/links.ts';
export type { ExchangeWay, TransferAsset, TransferWay } from './sep6/settings.ts';
export type {
  DepositInstructions,
  Instruction,
  ProposedTransfer,
  Quote,
  TransferIntegration,
  WithdrawalTarget,
} from './sep6/transfer-integration.ts';
export { canonicalName, type FieldType, findField, type Sep9Field } from './sep9/catalogue.ts';
export { type ParsedField, parseValue } from './sep9/parse-value.ts';
export type {
  Consent,
  CustomerAnswer,
  CustomerContext,
  CustomerFile,
  CustomerFiles,
  CustomerIntegration,
  CustomerKey,
  CustomerStatus,
  Field,
  FileQuery,
  GetCustomer,
  MoreInfoAbout,
  ProvidedField,
  ProvidedFieldStatus,
  PutCustomer,
  UploadedFile,
} from './sep12/integration.ts';
export type { PaymentAsset } from './sep31/settings.ts';
export { type Anchor, createAnchor, type Kyc } from './server.ts';
export type { Memo, MemoType } from './stellar/memo.ts';
export type { Subject } from './stellar/subject.ts';
export type { OperatorEventName } from './store/outbox-store.ts';
