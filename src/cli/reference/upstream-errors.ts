import { readFileSync } from 'node:fs';
import { upstreamUserErrors } from '../../graphql/refusals/upstream-user-errors';
import type { UserError } from '../../graphql/inputs/user-error.type';
import { AppError, type ErrorCode } from '../../shared/errors';
import type { InterfaceName } from '../../wechatpay/api/interfaces';

/** One error of an interface's document, except those common to all interfaces. */
export interface DocumentedError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** Reads `schema/upstream-errors.json`, compiled from the partner documents and the founding documents. */
export const readDocumentedErrors = (
  file: string,
): Readonly<Partial<Record<InterfaceName, readonly DocumentedError[]>>> =>
  JSON.parse(readFileSync(file, 'utf8')) as Partial<Record<InterfaceName, readonly DocumentedError[]>>;

/** The error's code in a query. */
export const codeOf = ({ status }: DocumentedError): ErrorCode =>
  status === 404 ? 'NOT_FOUND' : status === 403 ? 'UPSTREAM_FORBIDDEN' : 'UPSTREAM_REJECTED';

/** The error as a user error of a mutation; `undefined` if it is an error there too. */
export const userErrorOf = (documented: DocumentedError): UserError | undefined => {
  const { status, code: wechatCode, message: wechatMessage } = documented;
  const error = new AppError(codeOf(documented), 'documented', {
    upstream: { status, wechatCode, wechatMessage, verified: true },
  });
  return upstreamUserErrors(error, 'en')?.[0];
};
