import type { Operation } from '../../../bulk/operation';
import { textIn, type Language, type Texts } from '../../../shared/language';
import { Upstream } from '../../cost/upstream';
import type { UserErrorCode } from '../../inputs/user-error-code';
import type { UserError } from '../../inputs/user-error.type';
import { PayloadMutation } from '../write-mutation';
import { BulkOperation, toBulkOperation, type BulkOperationSource } from './bulk-operation.type';

/** What a mutation of bulk operations returns. */
export interface BulkPayload {
  readonly bulkOperation: BulkOperationSource | undefined;
  readonly userErrors: readonly UserError[];
}

/** A mutation that changes bulk operations. It calls nothing upstream; the rows do later. */
export const BulkMutation =
  (codes: readonly UserErrorCode[], description: string) =>
  (
    target: object,
    name: string,
    descriptor: TypedPropertyDescriptor<(...args: never[]) => Promise<BulkPayload>>,
  ): void => {
    Upstream()(target, name, descriptor);
    PayloadMutation({
      description,
      codes,
      fields: {
        bulkOperation: {
          type: () => BulkOperation,
          description: 'The operation. Null if userErrors say why not.',
        },
      },
    })(target, name, descriptor);
  };

export const done = (operation: Operation): BulkPayload => ({
  bulkOperation: toBulkOperation(operation),
  userErrors: [],
});

export const refused = (userErrors: readonly UserError[]): BulkPayload => ({
  bulkOperation: undefined,
  userErrors,
});

export const userError = (
  language: Language,
  field: readonly string[],
  code: UserErrorCode,
  texts: Texts,
): UserError => ({ field: ['input', ...field], code, message: textIn(language, texts) });
