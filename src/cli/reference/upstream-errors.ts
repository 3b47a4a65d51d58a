import { readFileSync } from 'node:fs';
import { upstreamUserErrors } from '../../graphql/refusals/upstream-user-errors';
import type { UserError } from '../../graphql/inputs/user-error.type';
import { AppError, type ErrorCode } from '../../shared/errors';
import type { InterfaceName } from '../../wechatpay/api/interfaces';

/** One row of the error table of an interface's document, beside those that every interface has. */
export interface DocumentedError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** `schema/upstream-errors.json`, written from the partner documents and the founding ones. */
export const readDocumentedErrors = (
  file: string,
): Readonly<Partial<Record<InterfaceName, readonly DocumentedError[]>>> =>
  JSON.parse(readFileSync(file, 'utf8')) as Partial<Record<InterfaceName, readonly DocumentedError[]>>;

/** What it is as an error of a query. */
export const codeOf = ({ status }: DocumentedError): ErrorCode =>
  status === 404 ? 'NOT_FOUND' : status === 403 ? 'UPSTREAM_FORBIDDEN' : 'UPSTREAM_REJECTED';

/** What it is in the answer of a mutation; `undefined` where it is an error, as with a query. */
export const userErrorOf = (documented: DocumentedError): UserError | undefined => {
  const { status, code: wechatCode, message: wechatMessage } = documented;
  const error = new AppError(codeOf(documented), 'documented', {
    upstream: { status, wechatCode, wechatMessage, verified: true },
  });
  return upstreamUserErrors(error, 'en')?.[0];
};
