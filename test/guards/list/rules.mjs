/** What is checked before a call, and what must not be. */
const inputs = (name) => `src/graphql/inputs/${name}.ts`;
const validate = ['test/graphql/inputs/validate-input.test.ts'];
const documents = ['test/documents/interface-rules.test.ts'];
const cards = ['test/graphql/types/user-card/user-card.input.test.ts'];
const templates = ['test/graphql/types/card-template/card-template.input.test.ts'];

export const ruleGuards = [
  {
    name: 'rules: a guess stops no call',
    file: inputs('rules/effective-rules'),
    find: "certaintyOf(rule, bound) === 'guessed'",
    replace: 'certaintyOf(rule, bound) === undefined',
    tests: documents,
  },
  {
    name: 'rules: the configuration overrides a bound',
    file: inputs('rules/effective-rules'),
    find: '    ...overrides,\n',
    replace: '',
    tests: documents,
  },
  {
    name: 'rules: null in an update is named',
    file: inputs('rules/documented'),
    find: 'if (value === null && use.keepsWhenAbsent) return [uncleared];',
    replace: '',
    tests: validate,
  },
  {
    name: 'rules: null in a validity is no wish to clear',
    file: inputs('input-fields'),
    find: " && !place.path.includes('valid_date_information')",
    replace: '',
    tests: validate,
  },
  {
    name: 'rules: an update without a change is not sent',
    file: inputs('validate-input'),
    find: 'broken.length === 0 && changesNothing(input, name) ? [noChange[language]] : broken',
    replace: 'broken',
    tests: validate,
  },
  {
    name: 'rules: an object without members',
    file: inputs('rules/documented'),
    find: "if (rule.kind === 'object') return [notHollow];",
    replace: "if (rule.kind === 'object') return [];",
    tests: templates,
  },
  {
    name: 'rules: a text of white space or invisible characters',
    file: inputs('rules/documented'),
    find: "...(isFree || characters === 'formAnswer' ? [visible] : []),",
    replace: '',
    tests: [...cards, ...templates],
  },
  {
    name: 'rules: one form of a phone number is sent',
    file: inputs('to-upstream'),
    find: "key === 'phoneNumber' && typeof member === 'string' ? normalPhoneNumber(member) : convert(member)",
    replace: 'convert(member)',
    tests: ['test/graphql/inputs/phone-number.test.ts'],
  },
  {
    name: 'rules: the form of a mainland mobile number',
    file: inputs('rules/phone-number'),
    find: ' && !/^(?:\\+861|1(?=\\d{10}$)|1[3-9](?=\\d{8,}$))/.test(number)',
    replace: '',
    tests: cards,
  },
  {
    name: 'rules: days are calendar days in Beijing',
    file: inputs('rules/date-time'),
    find: 'pickedUp - (((pickedUp % dayMs) + dayMs) % dayMs) + (days + 1) * dayMs - beijingMs',
    replace: 'pickedUp + days * dayMs - beijingMs',
    tests: cards,
  },
  {
    name: 'rules: a range that is over is blamed itself',
    file: 'src/graphql/types/user-card/import-user-card.input.ts',
    find: '(input: ImportInput) => !rangeIsOver(input)',
    replace: '() => true',
    tests: cards,
  },
  {
    name: 'limits: the largest documented request passes',
    file: 'src/config/query-limits.ts',
    find: 'listEntries: 200,',
    replace: 'listEntries: 199,',
    tests: ['test/e2e/largest-requests.test.ts'],
    only: 'createMembershipActivity',
  },
  {
    name: 'limits: the largest documented request passes if it is escaped',
    file: 'src/config/query-limits.ts',
    find: 'bodyBytes: 524_288,',
    replace: 'bodyBytes: 262_144,',
    tests: ['test/e2e/largest-requests.test.ts'],
    only: 'createMembershipActivity',
  },
  {
    name: 'request number: the same content returns the object',
    file: 'src/wechatpay/api/card-templates.ts',
    find: '        mayBeEcho: isUsedNumber,\n',
    replace: '',
    tests: ['test/e2e/mutations.test.ts'],
    only: 'same request number',
  },
  {
    name: 'request number: other content is another request',
    file: 'src/wechatpay/api/card-templates.ts',
    find: '        mayBeEcho: isUsedNumber,\n        shows: ({ record }) => showsSent(record, args),\n',
    replace: '        mayBeEcho: isUsedNumber,\n        shows: () => true,\n',
    tests: ['test/e2e/mutations.test.ts'],
    only: 'same request number',
  },
  {
    name: 'request number: of an activity',
    file: 'src/wechatpay/api/membership-activities.ts',
    find: '        mayBeEcho: isUsedNumber,\n        shows: ({ record }) => showsSent(record, args),\n',
    replace: '        mayBeEcho: isUsedNumber,\n        shows: () => true,\n',
    tests: ['test/e2e/membership-activities.test.ts'],
    only: 'live from creation',
  },
  {
    name: 'request number: of a feed, with the content that was sent',
    file: 'src/wechatpay/api/sent-requests.ts',
    find: 'contents.get(number) === content',
    replace: 'contents.has(number)',
    tests: ['test/e2e/member-services.test.ts'],
    only: 'something, once',
  },
];
