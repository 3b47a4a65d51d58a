/** What the values of this server's own enumerations mean. Those of WeChat Pay have their words in values/enum-words.ts. */
export const enumValues = {
  BRAND: 'One count for each brand.',
  CALLER: 'One count for each caller.',
} as const satisfies Readonly<Record<string, string>>;
