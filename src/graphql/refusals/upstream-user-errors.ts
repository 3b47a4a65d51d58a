import { AppError } from '../../shared/errors';
import { textIn, type Language } from '../../shared/language';
import type { UserErrorCode } from '../inputs/user-error-code';
import type { UserError } from '../inputs/user-error.type';
import {
  generalRefusals,
  unnamedAbsence,
  unnamedRefusal,
  usedNumber,
  wrongParameter,
} from './general-refusals';
import { memberServiceRefusals, permissionRefusals } from './member-service-refusals';
import { placeOf, upstreamPlaceOf } from './places';
import { createRefusalFinder, type Refusal } from './refusals';
import { templateRefusals } from './template-refusals';
import { userCardRefusals } from './user-card-refusals';
import { valueRefusals } from './value-refusals';

/** All named refusals, for tests and for the reference. */
export const refusals: readonly Refusal[] = [
  ...templateRefusals,
  ...userCardRefusals,
  ...valueRefusals,
  ...memberServiceRefusals,
  ...generalRefusals,
];

/**
 * Converts a business refusal to user errors. Returns `undefined` if other input could not avoid it.
 *
 * @param input the mutation's input, in which WeChat Pay's `detail.field` is looked up
 */
export const upstreamUserErrors = (
  error: unknown,
  language: Language,
  input: object = {},
): readonly UserError[] | undefined => {
  if (!(error instanceof AppError)) return undefined;
  const refusal = refusalFor(error);
  if (refusal === undefined) return undefined;
  const { wechatCode, requestId, sentence } = error.upstream ?? {};
  const path = mostExact(placeOf(refusal, input), upstreamPlaceOf(error.upstream, input));
  return [
    {
      field: path && ['input', ...path],
      code: refusal.code,
      message: refusal[language],
      wechatCode,
      requestId,
      wechatMessage: sentence?.text,
    },
  ];
};

/** The same for a query's refusal; `undefined` if no document lists it. */
export const namedRefusal = (
  error: AppError,
  language: Language,
):
  | { readonly code: UserErrorCode; readonly message: string; readonly field: readonly string[] | undefined }
  | undefined => {
  const refusal = refusalFor(error);
  if (refusal === undefined || refusal === unnamedRefusal || refusal === unnamedAbsence) return undefined;
  const { code, en, zh } = refusal;
  return { code, message: textIn(language, [en, zh]), field: placeOf(refusal, {}) };
};

const findRefusal = createRefusalFinder(refusals);
const findPermission = createRefusalFinder(permissionRefusals);

const refusalFor = (error: AppError): Refusal | undefined => {
  const facts = error.upstream ?? {};
  switch (error.code) {
    case 'UPSTREAM_FORBIDDEN':
      return findPermission(facts);
    case 'UPSTREAM_REJECTED':
      if (error.usedNumber) return usedNumber;
      return (
        findRefusal(facts) ?? (error.upstream?.wechatCode === 'PARAM_ERROR' ? wrongParameter : unnamedRefusal)
      );
    case 'NOT_FOUND':
      // Our own NOT_FOUND has no upstream response; its message says what is missing.
      return findRefusal(facts) ?? unnamedAbsence;
    default:
      return undefined;
  }
};

type Path = readonly string[] | undefined;

/** WeChat Pay's own place if it is inside ours, e.g. an element of the list; ours if they differ. */
const mostExact = (ours: Path, theirs: Path): Path =>
  ours === undefined || theirs?.slice(0, ours.length).join('.') === ours.join('.') ? (theirs ?? ours) : ours;
