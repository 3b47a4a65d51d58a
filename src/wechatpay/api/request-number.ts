import { AppError } from '../../shared/errors';

/** How many pages of a list are searched for the object of a used request number; the cost of an operation counts them. */
export const maxReadBackPages = 5;

/** WeChat Pay says that the request number was used before, or that an object which may be the one with it exists. */
export const isUsedNumber = (error: AppError): boolean => {
  const { verified, wechatCode, sentence } = error.upstream ?? {};
  if (error.code !== 'UPSTREAM_REJECTED' || verified !== true) return false;
  return wechatCode === 'ALREADY_EXISTS' || sentence?.contains('商家请求单号重复') === true;
};
