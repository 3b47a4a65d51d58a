import { AppError } from '../../shared/errors';
import type { Context } from './context';
import { upstreamUserErrors } from '../refusals/upstream-user-errors';
import type { UserError } from '../inputs/user-error.type';
import { brokenRules } from '../inputs/validate-input';

export interface MutationResult<S> {
  /**
   * For the payload's field. An error stands there if the write was done and its result cannot be read: then that field fails
   * and the mutation does not.
   */
  readonly result: S | AppError | undefined;
  readonly userErrors: readonly UserError[];
}

/**
 * The way of every mutation: all broken rules at once and nothing sent, or the upstream's answer, or its business refusal
 * as user errors. What the caller can't mend is thrown.
 */
export const mutate = async <T, S>(
  { input, context }: { readonly input: { readonly brandId: string }; readonly context: Context },
  act: () => Promise<T>,
  show: (done: T) => S,
): Promise<MutationResult<S>> => {
  const { language, now, brands } = context;
  const refuse = (userErrors: readonly UserError[]): MutationResult<S> => ({ result: undefined, userErrors });
  const broken = await brokenRules(input, { language, now: now() });
  if (broken.length > 0) return refuse(broken);
  if (!brands.isWritable(input.brandId)) return refuse([unknownBrand[language]]);
  try {
    return { result: show(await act()), userErrors: [] };
  } catch (error) {
    if (error instanceof AppError && error.code === 'DONE_UNREADABLE')
      return { result: error, userErrors: [] };
    const userErrors = upstreamUserErrors(error, language);
    if (userErrors === undefined) throw error;
    return refuse(userErrors);
  }
};

const field = ['input', 'brandId'];
const unknownBrand = {
  en: { field, code: 'NOT_FOUND', message: 'brandId names no brand that you may write to.' },
  zh: { field, code: 'NOT_FOUND', message: 'brandId 不是您可操作的品牌。' },
} as const;
