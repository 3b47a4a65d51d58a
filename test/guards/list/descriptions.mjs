/** What the schema says about itself. */
const tests = ['test/graphql/descriptions/describe-schema.test.ts'];
const describeSchema = 'src/graphql/descriptions/describe-schema.ts';

export const descriptionGuards = [
  {
    name: 'descriptions: an element without one is named',
    file: describeSchema,
    find: 'if (text === undefined)',
    replace: 'if (text === undefined) return;\n    if (text === undefined)',
    tests,
  },
  {
    name: 'descriptions: a row that describes nothing is named',
    file: 'src/graphql/descriptions/rows.ts',
    find: '.filter((key) => !used.has(`${file} ${key}`))',
    replace: '.filter(() => false)',
    tests,
  },
  {
    name: 'descriptions: an input field says the rules that its checks have',
    file: describeSchema,
    find: 'more: ruleSentence(own.length > 0 ? own : argumentRule(field)),',
    replace: '',
    tests,
  },
  {
    name: 'descriptions: an argument says the rule that its check has',
    file: describeSchema,
    find: 'more: ruleSentence(argumentRule(argument)),',
    replace: '',
    tests,
  },
  {
    name: 'descriptions: one in the code is kept',
    file: describeSchema,
    find: "description === undefined || description === null || description === '' ? row() : description",
    replace: 'row() ?? description',
    tests,
  },
];
