import { errorTables, type DocumentedError } from '../../documents/error-tables';
import { commonErrors, impliedErrors } from '../../documents/implied-errors';
import { interfaceRules, type RuledInterface } from '../../documents/interface-rules';
import { AppError } from '../../shared/errors';
import { Sentence } from '../../shared/sentence';
import { inputOfInterface, interfaceOfInput } from '../inputs/input-fields';
import { possibleCodes } from '../inputs/possible-codes';
import { userErrorCodes, type UserErrorCode } from '../inputs/user-error-code';
import type { UserError } from '../inputs/user-error.type';
import { usedNumber } from './general-refusals';
import { upstreamUserErrors } from './upstream-user-errors';

/** The error as the transport and the catalogue see it. */
export const refusalOf = ({ status, code: wechatCode, message }: DocumentedError): AppError =>
  new AppError(
    status === 404 ? 'NOT_FOUND' : status === 403 ? 'UPSTREAM_FORBIDDEN' : 'UPSTREAM_REJECTED',
    'documented',
    { upstream: { status, wechatCode, sentence: new Sentence(message), verified: true } },
  );

/** Codes that every mutation can give: `NOT_FOUND` for an unknown brand, the other for a refusal that nothing names. */
const always: readonly UserErrorCode[] = ['NOT_FOUND', 'UPSTREAM_REJECTED'];

/**
 * The user errors' codes of a mutation, in the order of the catalogue: those of its checks before a call, and those of the refusals
 * that the documents list for its interface.
 */
export const codesOfMutation = (name: RuledInterface): readonly UserErrorCode[] => {
  const known = codes.get(name);
  if (known !== undefined) return known;
  const rows: readonly DocumentedError[] = [
    ...commonErrors,
    ...errorTables[name],
    ...(impliedErrors[name] ?? []),
  ];
  const possible = new Set<UserErrorCode>([
    ...always,
    ...possibleCodes(inputOfInterface(name), name),
    // This server remembers numbers too.
    ...('out_request_no' in interfaceRules[name].fields ? [usedNumber.code] : []),
    ...rows.flatMap((row) => (upstreamUserErrors(refusalOf(row), 'en') ?? []).map(({ code }) => code)),
  ]);
  const found = (Object.keys(userErrorCodes) as UserErrorCode[]).filter((code) => possible.has(code));
  codes.set(name, found);
  return found;
};

const codes = new Map<RuledInterface, readonly UserErrorCode[]>();

/**
 * WeChat Pay may refuse a request with the sentence of another interface. Its code is then UPSTREAM_REJECTED, because the enum of the
 * mutation does not have it. The message, the field and WeChat Pay's own words stay.
 */
export const asErrorsOf = (input: object, errors: readonly UserError[]): readonly UserError[] => {
  const name = interfaceOfInput(input.constructor);
  if (name === undefined) return errors;
  const possible = codesOfMutation(name);
  return errors.map((error) =>
    possible.includes(error.code) ? error : { ...error, code: 'UPSTREAM_REJECTED' },
  );
};
