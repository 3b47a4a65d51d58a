import type { Context } from '../context';
import { upstreamUserErrors } from './upstream-user-errors';
import type { UserError } from './user-error.type';
import { brokenRules } from './validate-input';

export type Outcome<T> =
  | { readonly done: T; readonly userErrors: readonly UserError[] }
  | { readonly done?: undefined; readonly userErrors: readonly UserError[] };

/**
 * The way of every mutation: all broken rules at once and nothing sent, or the upstream's answer, or its business refusal
 * as user errors. What the caller can't mend is thrown.
 */
export const mutate = async <T>(
  { input, context }: { readonly input: { readonly brandId: string }; readonly context: Context },
  perform: () => Promise<T>,
): Promise<Outcome<T>> => {
  const { language, now, brands } = context;
  const broken = await brokenRules(input, { language, now: now() });
  if (broken.length > 0) return { userErrors: broken };
  if (!brands.isWritable(input.brandId)) return { userErrors: [unknownBrand[language]] };
  try {
    return { done: await perform(), userErrors: [] };
  } catch (error) {
    const userErrors = upstreamUserErrors(error, language);
    if (userErrors === undefined) throw error;
    return { userErrors };
  }
};

const field = ['input', 'brandId'];
const unknownBrand = {
  en: { field, code: 'NOT_FOUND', message: 'brandId names no brand that you may write to.' },
  zh: { field, code: 'NOT_FOUND', message: 'brandId 不是您可操作的品牌。' },
} as const;
