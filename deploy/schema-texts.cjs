// A plugin of the code generator: what the schema says about inputs and values that the console shows, in both languages.
const inputs = [
  'CreateCardTemplateInput',
  'MiniProgramJumpInput',
  'FixTermInput',
  'FixTimeRangeInput',
  'CustomFieldFormInput',
];

/** Rules that a form shows beforehand, with their Chinese; of the others, it shows the server's message when one is broken. */
const shown = [
  [/^must have at most (\d+) characters$/, '最长 $1 个字符'],
  [/^each must have at most (\d+) characters$/, '每项最长 $1 个字符'],
  [/^must have (\d+) to (\d+) entries$/, '须有 $1 至 $2 项'],
  [/^must be from (\d+) to (\d+)$/, '须在 $1 到 $2 之间'],
  [/^must have letters, digits, - and _ only$/, '只能包含字母、数字、- 和 _'],
  [/^must be a colour such as (#\w+)$/, '须为十六进制 RGB 颜色，如 $1'],
  [/^must be a full public https URL .*$/, '须为带路径、不带参数、外网可访问的完整 https 地址'],
  [/^is needed if needDisplayLevel is true$/, '展示会员等级时必填'],
];

const rulesOf = (description) => {
  const [, text = ''] = / Rules?: (.*)\.$/s.exec(description) ?? [];
  return text.split('; ').flatMap((rule) => {
    const entry = shown.find(([pattern]) => pattern.test(rule));
    return entry === undefined ? [] : [{ en: rule, zh: rule.replace(...entry) }];
  });
};

const joined = (rules) =>
  rules.length === 0
    ? {}
    : {
        rules: {
          zh: rules.map(({ zh }) => zh).join('；') + '。',
          en: sentence(rules.map(({ en }) => en).join('; ')),
        },
      };

const sentence = (text) => text[0].toUpperCase() + text.slice(1) + '.';

const fieldsOf = (type) =>
  Object.values(type?.getFields() ?? {}).map((field) => {
    const [, most] = / must have at most (\d+) characters/.exec(field.description ?? '') ?? [];
    return [
      `${type.name}.${field.name}`,
      {
        ...joined(rulesOf(field.description ?? '')),
        ...(most === undefined ? {} : { maxLength: Number(most) }),
      },
    ];
  });

/** The English of a description, and the Chinese behind it. */
const inBoth = (description) => {
  const at = description.search(/[\u3400-\u9fff]/);
  return { en: description.slice(0, at).trim(), zh: description.slice(at).trim() };
};

module.exports.plugin = (schema) => {
  const rules = Object.fromEntries(inputs.flatMap((name) => fieldsOf(schema.getType(name))));
  const reasons = (schema.getType('BulkPauseReason')?.getValues() ?? []).map(({ name, description }) => [
    name,
    inBoth(description),
  ]);
  const inLanguage = (language) =>
    Object.fromEntries(reasons.map(([name, texts]) => [name, texts[language]]));
  return [
    '/** Rules of input fields that a form shows beforehand. */',
    `export const fieldRules = ${JSON.stringify(rules, null, 2)} as const;`,
    '/** Why a bulk operation is paused, and what to do. */',
    `export const pauseReasons = ${JSON.stringify({ zh: inLanguage('zh'), en: inLanguage('en') }, null, 2)};`,
    '',
  ].join('\n');
};
