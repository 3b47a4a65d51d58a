import { readFileSync } from 'node:fs';
import { namedRefusal, upstreamUserErrors } from '../../graphql/refusals/upstream-user-errors';
import type { UserError } from '../../graphql/inputs/user-error.type';
import { AppError } from '../../shared/errors';
import { Sentence } from '../../shared/sentence';
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

/** The error as the server's transport and catalogue see it. */
const refusalOf = ({ status, code: wechatCode, message }: DocumentedError): AppError =>
  new AppError(
    status === 404 ? 'NOT_FOUND' : status === 403 ? 'UPSTREAM_FORBIDDEN' : 'UPSTREAM_REJECTED',
    'documented',
    { upstream: { status, wechatCode, sentence: new Sentence(message), verified: true } },
  );

/** The error's code in a query. */
export const codeOf = (documented: DocumentedError): string => {
  const error = refusalOf(documented);
  return namedRefusal(error, 'en')?.code ?? error.code;
};

/** The error as a user error of a mutation; `undefined` if it is an error there too. */
export const userErrorOf = (documented: DocumentedError): UserError | undefined =>
  upstreamUserErrors(refusalOf(documented), 'en')?.[0];
