import { AppError } from '../../shared/errors';
import { textIn, type Language } from '../../shared/language';
import type { Scope } from '../../traffic/calls/call';
import type { UpstreamArguments } from '../../wechatpay/api/request';
import { pathInInput, withKeys } from '../inputs/object-ref';
import { toUpstream } from '../inputs/to-upstream';
import type { Context } from './context';
import { asErrorsOf } from '../refusals/mutation-codes';
import { upstreamUserErrors } from '../refusals/upstream-user-errors';
import type { UserError } from '../inputs/user-error.type';
import { brokenRules } from '../inputs/validate-input';

/**
 * What a mutation returns. If the write was done but its result cannot be read, the field holds the error: then only that field
 * fails, not the mutation.
 */
export type Payload<F extends string, S> = {
  readonly [Name in F]: S | AppError | undefined;
} & { readonly userErrors: readonly UserError[] };

export interface MutationRun<F extends string, T, S, I extends object> {
  readonly context: Context;
  readonly input: I;
  /** The payload's field beside `userErrors`, and the conversion of the result to it. */
  readonly returns: {
    readonly field: F;
    readonly show: (done: T) => S | undefined;
    /** Further fields of the payload if the write was done. An error means: done, but unreadable. */
    readonly also?: (done: T | AppError) => object;
    /** Fields with the object that the mutation is about. They are present if the write was done. */
    readonly about?: { readonly read: (input: I) => object };
  };
}

/**
 * Runs a mutation. If the input breaks rules, it returns all of them and sends nothing. Otherwise it returns the result, or the
 * upstream's business refusal as user errors. Errors that the caller cannot correct are thrown. `send` gets the input under
 * WeChat Pay's names.
 */
export const mutate = async <F extends string, T, S, I extends object>(
  { context, input, returns: { field, show, also, about } }: MutationRun<F, T, S, I>,
  send: (args: UpstreamArguments, scope: Scope) => Promise<T>,
): Promise<Payload<F, S>> => {
  const { language, now, brands, nodeIds, rules, writeScope } = context;
  const beside = (done: T | AppError): object => ({ ...also?.(done), ...about?.read(input) });
  const payload = (result: S | AppError | undefined, userErrors: readonly UserError[]): Payload<F, S> =>
    ({ [field]: result, userErrors }) as Payload<F, S>;
  const broken = await brokenRules(input, { language, now: now(), rules });
  if (broken.length > 0) return payload(undefined, broken);
  const keyed = withKeys(input, nodeIds);
  if (typeof keyed.brandId !== 'string' || !brands.isWritable(keyed.brandId))
    return payload(undefined, [unknownObject(pathInInput('brandId', input), language)]);
  try {
    const done = await send(toUpstream(keyed), writeScope);
    return { ...beside(done), ...payload(show(done), []) };
  } catch (error) {
    if (error instanceof AppError && error.code === 'DONE_UNREADABLE')
      return { ...beside(error), ...payload(error, []) };
    const userErrors = upstreamUserErrors(error, language, input);
    if (userErrors === undefined) throw error;
    return payload(undefined, asErrorsOf(input, userErrors));
  }
};

/** Adds a request number if the caller gave none. */
export const numbered = (args: UpstreamArguments, { randomId }: Context): UpstreamArguments => ({
  ...args,
  out_request_no: args.out_request_no ?? `${String(args.brand_id)}-${randomId()}`,
});

/**
 * The caller may not write to the brand. An id that cannot be read, or is of another type, has the same error: nobody learns
 * from it what another brand's id names.
 */
const unknownObject = (path: readonly string[], language: Language): UserError => {
  const texts = path.at(-1) === 'id' ? unknownId : unknownBrand;
  return { field: ['input', ...path], code: 'NOT_FOUND', message: textIn(language, texts) };
};
const unknownBrand = [
  'brandId names no brand that you may write to.',
  'brandId 不是您可操作的品牌。',
] as const;
const unknownId = [
  'id names no object of this type in a brand that you may write to.',
  'id 不是您可操作的品牌下该类型对象的 id。',
] as const;
