/** What the schema says about itself. */
const tests = ['test/graphql/descriptions/describe-schema.test.ts'];
const describeSchema = 'src/graphql/descriptions/describe-schema.ts';

export const descriptionGuards = [
  {
    name: 'released schema: a default that changes is a break',
    file: '.ci/released-schema.mjs',
    find: 'change.criticality.level === CriticalityLevel.Breaking || alsoBreaks.some((isBreak) => isBreak(change)),',
    replace: 'change.criticality.level === CriticalityLevel.Breaking,',
    tests: ['test/schema/released-schema.test.ts'],
  },
  {
    name: 'released schema: a release with breaks is refused',
    file: '.ci/released-schema.mjs',
    find: 'breaks.length > 0 && !options.breaking',
    replace: 'false',
    tests: ['test/schema/released-schema.test.ts'],
  },
  {
    name: 'reviewed operations: every field is selected',
    file: 'schema/operations/member-card.graphql',
    find: '  invalidReason\n',
    replace: '',
    tests: ['test/schema/reviewed-operations.test.ts'],
  },
  {
    name: 'clients: what only an error makes null has a type without null',
    file: 'schema/schema.graphql',
    find: '): UserCardConnection @semanticNonNull\n\n  """\n  Cards that users opened',
    replace: '): UserCardConnection\n\n  """\n  Cards that users opened',
    tests: ['test/schema/frontend-tools.test.ts'],
  },
  {
    name: 'descriptions: an element without one is named',
    file: describeSchema,
    find: 'if (text === undefined)',
    replace: 'if (text === undefined) return;\n    if (text === undefined)',
    tests,
  },
  {
    name: 'descriptions: an element without Chinese is named',
    file: describeSchema,
    find: 'if (inChinese === undefined)',
    replace: 'if (false)',
    tests,
  },
  {
    name: 'descriptions: a list that is null only with an error is marked',
    file: 'src/graphql/types/user-card-event/brand-events.resolver.ts',
    find: '  @SemanticNonNull()\n  @FieldResolver(() => UserCardEventConnection',
    replace: '  @FieldResolver(() => UserCardEventConnection',
    tests: ['test/graphql/schema/nullability.test.ts'],
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
