import { snakeCase } from '../../wechatpay/records/decode';
import { normalPhoneNumber } from './rules/phone-number';
import type { UpstreamArguments } from '../../wechatpay/api/request';

/**
 * A validated input by the upstream's names: the contract's camelCase is its snake_case, all the way down. Phone numbers get their
 * one form.
 */
export const toUpstream = (input: object): UpstreamArguments => convert(input) as UpstreamArguments;

const convert = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      snakeCase(key),
      key === 'phoneNumber' && typeof member === 'string' ? normalPhoneNumber(member) : convert(member),
    ]),
  );
};
