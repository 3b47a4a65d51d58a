import type { DocumentedError } from '../../documents/error-tables';
import type { UserError } from '../../graphql/inputs/user-error.type';
import { refusalOf } from '../../graphql/refusals/mutation-codes';
import { namedRefusal, upstreamUserErrors } from '../../graphql/refusals/upstream-user-errors';

/** The error's code in a query. */
export const codeOf = (documented: DocumentedError): string => {
  const error = refusalOf(documented);
  return namedRefusal(error, 'en')?.code ?? error.code;
};

/** The error as a user error of a mutation; `undefined` if it is an error there too. */
export const userErrorOf = (documented: DocumentedError): UserError | undefined =>
  upstreamUserErrors(refusalOf(documented), 'en')?.[0];
