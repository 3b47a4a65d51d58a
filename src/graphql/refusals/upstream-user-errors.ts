import { AppError } from '../../shared/errors';
import { memberServiceRefusals, permissionRefusals } from './member-service-refusals';
import { createRefusalFinder, type Refusal } from './refusals';
import { templateRefusals } from './template-refusals';
import type { UserError } from '../inputs/user-error.type';
import { userCardRefusals } from './user-card-refusals';
import type { Language } from '../../shared/language';
import { valueRefusals } from './value-refusals';

/** A business refusal as user errors; `undefined` where the caller could not mend it by sending other input. */
export const upstreamUserErrors = (error: unknown, language: Language): readonly UserError[] | undefined => {
  if (!(error instanceof AppError)) return undefined;
  const { wechatCode, wechatMessage = '', requestId } = error.upstream ?? {};
  const refusal =
    error.code === 'UPSTREAM_FORBIDDEN' ? findPermission(wechatMessage) : named(error.code, wechatMessage);
  if (refusal === undefined) return undefined;
  const { at, code, ...text } = refusal;
  const field = at === undefined ? undefined : ['input', ...at.split('.')];
  return [{ field, code, message: text[language], wechatCode, requestId }];
};

const findRefusal = createRefusalFinder([
  ...templateRefusals,
  ...userCardRefusals,
  ...valueRefusals,
  ...memberServiceRefusals,
]);

const findPermission = createRefusalFinder(permissionRefusals);

const named = (code: AppError['code'], message: string): Refusal | undefined => {
  const unnamed = unnamedRefusals[code];
  return unnamed && (findRefusal(message) ?? unnamed);
};

/** What is said where no document knows the upstream's sentence. */
const unnamedRefusals: Partial<Record<AppError['code'], Refusal>> = {
  UPSTREAM_REJECTED: {
    says: [],
    code: 'UPSTREAM_REJECTED',
    en: 'WeChat Pay refused the request.',
    zh: '微信支付拒绝了该请求。',
  },
  NOT_FOUND: {
    says: [],
    code: 'NOT_FOUND',
    en: 'WeChat Pay knows no such object.',
    zh: '微信支付没有该对象。',
  },
};
