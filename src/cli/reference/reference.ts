import type { GraphQLArgument, GraphQLField, GraphQLInputField, GraphQLSchema } from 'graphql';
import { upstreamOf } from '../../graphql/cost/upstream';
import { interfaces, routePrefix, type InterfaceName } from '../../wechatpay/api/interfaces';
import type { UpstreamInterface } from '../../wechatpay/api/upstream-interface';
import { textOf, type Example } from './examples';
import { inputTypesOf, rulesOf } from './input-rules';
import { codeOf, userErrorOf, type DocumentedError } from './upstream-errors';

export interface ReferenceOptions {
  readonly schema: GraphQLSchema;
  readonly examples: readonly Example[];
  readonly errors: Readonly<Partial<Record<InterfaceName, readonly DocumentedError[]>>>;
}

type Field = GraphQLField<unknown, unknown>;

const callsOf = ({ extensions }: Field): readonly InterfaceName[] => upstreamOf(extensions)?.interfaces ?? [];

/** What is asked of a brand reaches WeChat Pay as root fields do. */
const sections = [
  ['Query', 'Queries'],
  ['Brand', 'Fields of a brand'],
  ['Mutation', 'Mutations'],
  ['Subscription', 'Subscriptions'],
] as const;

const repeats: Readonly<Record<UpstreamInterface['idempotency'], string>> = {
  read: 'repeated as often as time and budget allow: a second call changes nothing',
  set: 'repeated after an unclear outcome, unless a newer write began: it sets the same values',
  deduplicated: 'repeated after an unclear outcome: WeChat Pay refuses a duplicate',
  unsafe: 'never repeated after an unclear outcome, which is told as `OUTCOME_UNKNOWN`',
};

/** The reference as Markdown: one section per operation, made from what the server itself goes by. */
export const reference = ({ schema, examples, errors }: ReferenceOptions): string => {
  const fieldsOf = (type: string): readonly Field[] => {
    const found = schema.getType(type);
    const all = found !== undefined && 'getFields' in found ? Object.values(found.getFields()) : [];
    const fields = all as readonly Field[];
    return type === 'Brand' ? fields.filter((field) => callsOf(field).length > 0) : fields;
  };

  const section = (type: string, field: Field): string => {
    const name = type === 'Brand' ? `Brand.${field.name}` : field.name;
    const calls = callsOf(field);
    const isWrite = type === 'Mutation';
    const example =
      examples.find(({ shows }) => shows[0] === `${type}.${field.name}`) ??
      examples.find(({ shows }) => shows.includes(`${type}.${field.name}`));
    return paragraphs([
      `### ${name}`,
      field.description ?? '',
      `Answers \`${field.type.toString()}\`.`,
      argumentTable(field.args),
      ...calls.map(upstreamText),
      calls.length === 0 ? 'No call of its own to WeChat Pay.' : '',
      errorTable(calls, isWrite),
      example === undefined ? '' : exampleText(example),
    ]);
  };

  const errorTable = (calls: readonly InterfaceName[], isWrite: boolean): string =>
    table(
      ['WeChat Pay says', 'status', isWrite ? 'in `userErrors`' : 'here', isWrite ? 'field' : ''],
      [...new Map(calls.flatMap((name) => errors[name] ?? []).map((one) => [one.message, one])).values()].map(
        (one) => [one.message, `${one.status} \`${one.code}\``, ...meaning(one, isWrite)],
      ),
    );

  return paragraphs([
    '<!-- Made by `npm run schema`. Do not edit. -->',
    '# Reference',
    'One section per operation: what it calls at WeChat Pay, what it takes, what comes back when it is refused, and an example that the tests run against the stand-in (`schema/operations`). Limits are the documented ones; `limits` in the configuration overrides them. Every interface may also answer `PARAM_ERROR`, `INVALID_REQUEST`, `SIGN_ERROR`, `SYSTEM_ERROR` and `RATELIMIT_EXCEEDED`.',
    ...sections.flatMap(([type, title]) => {
      const fields = fieldsOf(type);
      return fields.length === 0 ? [] : [`## ${title}`, ...fields.map((field) => section(type, field))];
    }),
    '## Inputs',
    ...inputTypesOf(schema).map((input) =>
      paragraphs([
        `### ${input.name}`,
        input.description ?? '',
        inputTable(Object.values(input.getFields()), rulesOf(input)),
      ]),
    ),
    '## POST /images',
    'Uploads the picture of a card or template: `POST /images?brandId=…` with the bytes of a PNG or JPEG of at most 1 MB (1 048 576 bytes) and 5000 × 5000 pixels as body, and `Content-Type: image/png` or `image/jpeg`. Answers `{"cardPictureUrl": "…"}`, for the inputs\' field of that name; 716 × 320 pixels show best. Failures are `{"errors": [{"message": "…", "extensions": {"code": "…"}}]}`.',
    upstreamText('UPLOAD_IMAGE'),
  ]);
};

const upstreamText = (name: InterfaceName): string => {
  const {
    method,
    path,
    routes,
    elsewhere,
    callsPerSecond,
    sealedFields,
    idempotency,
    lookUp,
  }: UpstreamInterface = interfaces[name];
  const per = { brand: 'per brand_id', partner: 'per mchid, for all its brands together' } as const;
  const lines = routes.map(
    (route) =>
      `- ${route} route: \`${method} ${elsewhere?.[route] ?? routePrefix[route] + path}\`, ${callsPerSecond[route]} calls a second ${per[route]}`,
  );
  if (routes.length === 1) lines.push(`- on the ${routes.join()} route only`);
  if (sealedFields.length > 0)
    lines.push(`- encrypted by the server: ${sealedFields.map((field) => `\`${field}\``).join(', ')}`);
  lines.push(`- ${repeats[idempotency]}`);
  if (idempotency !== 'read')
    lines.push(
      lookUp === undefined
        ? '- an outcome that stays unclear cannot be looked up at WeChat Pay and is told as `OUTCOME_UNKNOWN`'
        : `- an outcome that stays unclear is looked up by \`${lookUp}\`; it is told as \`OUTCOME_UNKNOWN\` if that does not show it${
            idempotency === 'set' && sealedFields.length > 0
              ? ', and always where encrypted fields were sent: they cannot be compared'
              : ''
          }`,
    );
  return paragraphs([`Upstream interface \`${name}\`:`, lines.join('\n')]);
};

const meaning = (one: DocumentedError, isWrite: boolean): readonly string[] => {
  const userError = isWrite ? userErrorOf(one) : undefined;
  if (userError !== undefined)
    return [`\`${userError.code}\` ${userError.message}`, userError.field?.slice(1).join('.') ?? ''];
  const code = codeOf(one);
  return [code === 'NOT_FOUND' && !isWrite ? '`null`' : `error \`${code}\``, ''];
};

const exampleText = (example: Example): string =>
  paragraphs([
    'Example:',
    `\`\`\`graphql\n${textOf(example)}\n\`\`\``,
    Object.keys(example.variables).length === 0
      ? ''
      : `\`\`\`json\n${JSON.stringify(example.variables, null, 2)}\n\`\`\``,
  ]);

const argumentTable = (args: readonly GraphQLArgument[]): string =>
  table(
    ['argument', 'type', ''],
    args.map(({ name, type, description }) => [`\`${name}\``, `\`${type.toString()}\``, description ?? '']),
  );

const inputTable = (
  fields: readonly GraphQLInputField[],
  rules: ReadonlyMap<string, readonly string[]>,
): string =>
  table(
    ['field', 'type', 'rules', ''],
    fields.map(({ name, type, description }) => [
      `\`${name}\``,
      `\`${type.toString()}\``,
      (rules.get(name) ?? []).join('; '),
      description ?? '',
    ]),
  );

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
};

const paragraphs = (parts: readonly string[]): string => parts.filter((part) => part !== '').join('\n\n');
