/** What of an answer may fail: its keys, and nothing else. What becomes of the rest. */
const decode = ['test/wechatpay/records/decode.test.ts'];
const reads = ['test/e2e/tolerant-reads.test.ts'];

export const recordGuards = [
  {
    name: 'an optional member that cannot be read is left out',
    file: 'src/wechatpay/records/decode.ts',
    find: "return 'decoded' in attempt ? attempt.decoded : undefined;",
    replace: "if ('failure' in attempt) throw attempt.failure; return attempt.decoded;",
    tests: decode,
  },
  {
    name: 'a list that is no list is not empty',
    file: 'src/wechatpay/records/records.ts',
    find: 'data: nullable(list',
    replace: 'data: optional(list',
    tests: reads,
    only: 'no list',
  },
  {
    name: 'an element of a list fails alone',
    file: 'src/wechatpay/api/reads.ts',
    find: 'if (error instanceof AppError) return error;',
    replace: '',
    tests: reads,
    only: 'a list with an element',
  },
  {
    name: 'a value of tomorrow is UNKNOWN',
    file: 'src/wechatpay/records/open-enum.ts',
    find: '=== raw) ?? unknownValue',
    replace: '=== raw) ?? raw',
    tests: decode,
  },
  {
    name: 'an enumeration has its text beside it',
    file: 'src/graphql/values/upstream-fields.ts',
    find: '})(target, `${String(key)}Raw`);',
    replace: '})(target, key);',
    tests: ['test/graphql/values/enums.test.ts'],
  },
  {
    name: 'an empty phone number is none',
    file: 'src/wechatpay/records/decode.ts',
    find: "typeof value === 'string' && value !== '' ?",
    replace: "typeof value === 'string' ?",
    tests: reads,
    only: 'UserCard is read whatever',
  },
  {
    name: 'an integer that Int cannot show is in extra',
    file: 'src/wechatpay/records/decode.ts',
    find: "if (Math.abs(number) > maxInt32) throw malformed(path, 'an integer of 32 bits');",
    replace: '',
    tests: decode,
  },
  {
    name: 'a time without a certain meaning is none',
    file: 'src/wechatpay/records/time.ts',
    find: "if (Number.isNaN(Date.parse(exact))) throw malformed(path, 'a time with an offset');",
    replace: '',
    tests: decode,
  },
  {
    name: 'no personal data in clear in extra: by its name',
    file: 'src/wechatpay/records/extra.ts',
    find: 'personal: personal || isPersonalName(name)',
    replace: 'personal',
    tests: decode,
  },
  {
    name: 'no personal data in clear in extra: by its form',
    file: 'src/wechatpay/records/extra.ts',
    find: '(!personal && !looksPersonal(value))',
    replace: '!personal',
    tests: decode,
  },
  {
    name: 'extra is bounded',
    file: 'src/wechatpay/records/extra.ts',
    find: 'const fits = length <= left;',
    replace: 'const fits = true;',
    tests: decode,
  },
  {
    name: 'a list that fails leaves its brand',
    file: 'src/graphql/types/brand/brand.resolver.ts',
    find: `@FieldResolver(() => UserCardConnection, {
    nullable: true,`,
    replace: '@FieldResolver(() => UserCardConnection, {',
    tests: reads,
    only: 'that fails',
  },
  {
    name: 'a missing decryption key is named',
    file: 'src/wechatpay/accounts/accounts.ts',
    find: 'throw decryptionKeyMissing(choice.all(brandId).map(({ route }) => route));',
    replace: "throw new AppError('MISCONFIGURED', 'no key');",
    tests: reads,
    only: 'names the setting',
  },
];
