import {
  certaintyOf,
  type BoundName,
  type Certainty,
  type FieldRule,
  type InterfaceRules,
} from '../../documents/field-rule';
import { interfaceRules, type RuledInterface } from '../../documents/interface-rules';
import { fieldRelations, type Relation } from '../../documents/relations';
import { sources, type SourceName } from '../../documents/sources';

/** One line of the table: the bounds of a field that have the same source, certainty and place of the check. */
export type RuleRow = readonly [
  field: string,
  rule: string,
  source: string,
  certainty: string,
  checkedBy: string,
];

const bounds: readonly BoundName[] = [
  'required',
  'maxLength',
  'maxBytes',
  'min',
  'max',
  'minEntries',
  'maxEntries',
  'characters',
];

/** The documents from which an interface's rules are taken. */
export const ruleSources = (name: RuledInterface): string => {
  const { source, confirmedBy = [] }: InterfaceRules = interfaceRules[name];
  return `From ${[source, ...confirmedBy].map(nameOf).join(' and ')}.`;
};

/** The documented rules of an interface's request, and which of them this server checks before a call. */
export const ruleRows = (name: RuledInterface): readonly RuleRow[] => {
  const { source, fields } = interfaceRules[name];
  return [
    ...fieldRows(fields, source),
    ...(fieldRelations[name] ?? []).map(({ field, rule, source: by, checkedBy }) =>
      rowOf(field, {
        rule,
        by,
        certainty: 'exact',
        checkedBy: checkers[checkedBy],
      }),
    ),
  ];
};

const beforeCall = 'this server, before the call';
const checkers: Readonly<Record<Relation['checkedBy'], string>> = {
  server: beforeCall,
  schema: 'the schema: it cannot be written',
  wechatPay: 'WeChat Pay alone',
};

const fieldRows = (fields: InterfaceRules['fields'], source: SourceName): readonly RuleRow[] =>
  Object.entries(fields).flatMap(([field, rule]) => [
    ...rowsOf(field, rule, source),
    ...(rule.guesses ?? []).map((guess) =>
      rowOf(field, { rule: guess, by: source, certainty: 'guessed', checkedBy: 'WeChat Pay alone' }),
    ),
    ...Object.entries(rule.stricter ?? {}).map(([by, stricter]) =>
      rowOf(field, {
        rule: textOf(Object.entries(stricter) as [BoundName, unknown][], rule),
        by: by as SourceName,
        certainty: 'exact',
        checkedBy: 'WeChat Pay alone: another document is more lenient',
      }),
    ),
  ]);

const rowsOf = (field: string, rule: FieldRule, source: SourceName): readonly RuleRow[] => {
  const groups = new Map<string, { by: SourceName; certainty: Certainty; stated: [BoundName, unknown][] }>();
  for (const bound of bounds) {
    if (rule[bound] === undefined) continue;
    const certainty = certaintyOf(rule, bound);
    const by = certainty === 'own' ? 'thisServer' : (rule.boundSources?.[bound] ?? rule.source ?? source);
    const key = `${by} ${certainty}`;
    const group = groups.get(key) ?? { by, certainty, stated: [] };
    group.stated.push([bound, rule[bound]]);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ by, certainty, stated }) =>
    rowOf(field, {
      rule: textOf(stated, rule),
      by,
      certainty,
      checkedBy: certainty === 'guessed' ? 'WeChat Pay alone' : checkOf(rule),
    }),
  );
};

const checkOf = ({ kind, entries = kind }: FieldRule): string =>
  entries === 'word' || entries === 'flag' ? 'the GraphQL schema' : beforeCall;

const rowOf = (
  field: string,
  {
    rule,
    by,
    certainty,
    checkedBy,
  }: {
    readonly rule: string;
    readonly by: SourceName;
    readonly certainty: Certainty;
    readonly checkedBy: string;
  },
): RuleRow => {
  return [`\`${field}\``, rule, nameOf(by), certainty, checkedBy];
};

const nameOf = (source: SourceName): string => {
  const { title, document, date } = sources[source];
  return source === 'thisServer' ? title : `${title} (${document}, ${date})`;
};

const textOf = (stated: readonly (readonly [BoundName, unknown])[], rule: FieldRule): string =>
  stated.map(([bound, value]) => wordsOf[bound](value, rule)).join(', ');

const wordsOf: Readonly<Record<BoundName, (value: unknown, rule: FieldRule) => string>> = {
  required: (value, { kind, values }) =>
    `${value === true ? 'required' : 'optional'} ${kind}${values === undefined ? '' : ` of ${values.join(', ')}`}`,
  maxLength: (value) => `at most ${String(value)} characters`,
  maxBytes: (value) => `at most ${String(value)} bytes before encryption`,
  min: (value) => `at least ${String(value)}`,
  max: (value) => `at most ${String(value)}`,
  minEntries: (value) => `at least ${String(value)} entries`,
  maxEntries: (value) => `at most ${String(value)} entries`,
  characters: (value) => `characters: \`${String(value)}\``,
};
