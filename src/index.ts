export { CustomerNotFound, InvalidRequest, KycError, type KycErrorCode } from './errors.ts';
export { defineProgram } from './kyc/compile-program.ts';
export type {
  ChoiceDefinition,
  DecisionMode,
  FieldDefinition,
  ProgramDefinition,
  TypeDefinition,
} from './kyc/program.ts';
export type { Logger } from './lib/log.ts';
export type { Options, SepName } from './options.ts';
export type {
  CustomerAnswer,
  CustomerContext,
  CustomerIntegration,
  CustomerKey,
  CustomerStatus,
  Field,
  GetCustomer,
  ProvidedField,
  ProvidedFieldStatus,
  PutCustomer,
  UploadedFile,
} from './sep12/integration.ts';
export { type Anchor, createAnchor } from './server.ts';
export type { Memo, MemoType } from './stellar/memo.ts';
export type { Subject } from './stellar/subject.ts';
