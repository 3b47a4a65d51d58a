const times = (count: number, part: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');

/**
 * Documents that cost more than their size suggests. Some are valid and some are not; small ones are mostly within the default
 * limits.
 */
export const costlyDocuments: Readonly<Record<string, (size: number) => string>> = {
  'one field again and again': (size) => `{ brands { nodes { ${times(size, () => 'name')} } } }`,
  'one alias for many fields': (size) => `{ ${times(size, (index) => `a: b${index}`)} }`,
  'one object again and again': (size) =>
    `{ brands { nodes { ${times(size, () => 'cardTemplate(cardId: "x") { cardId }')} } } }`,
  'root fields again and again': (size) => `{ ${times(size, () => 'brand(brandId: "1004") { name }')} }`,
  'fields with arguments that differ': (size) =>
    `{ brands { nodes { ${times(size, (index) => `userCards(openid: "${index}", first: ${index}) { totalCount }`)} } } }`,
  'conflicts below pairs': (size) =>
    `{ brands { ${times(size, () => `nodes { ${times(4, (index) => `userCards(openid: "${index}") { totalCount }`)} }`)} } }`,
  'large arguments again and again': (size) =>
    `{ ${times(2, () => `userCards(by: [${times(size, (index) => `{ key: { brandId: "1", cardId: "c", openid: "o", userCardCode: "${index}" } }`)}]) { level }`)} }`,
  'fragments with the same fields': (size) =>
    `{ brands { nodes { ${times(28, (index) => `...f${index}`)} } } } ${times(28, (index) => `fragment f${index} on Brand { ${times(Math.ceil(size / 20), () => 'name')} }`)}`,
  'fragments in a chain': (size) =>
    `{ brands { nodes { ...f0 } } } ${times(28, (index) => `fragment f${index} on Brand { ${times(Math.ceil(size / 20), () => 'name')} ...f${index + 1} }`)} fragment f28 on Brand { name }`,
  'fragments that double': (size) =>
    `{ brands { nodes { ...f0 } } } ${times(Math.min(size, 29), (index) => `fragment f${index} on Brand { ...f${index + 1} ...f${index + 1} }`)} fragment f${Math.min(size, 29)} on Brand { name }`,
  'fragments in a circle': (size) =>
    `{ brands { nodes { ...f } } } fragment f on Brand { ${times(size, () => 'cardTemplates { nodes { brand { ...f } } }')} }`,
  'a fragment that nothing spreads': (size) =>
    `{ __typename } fragment f on Brand { ${times(size, () => 'name')} }`,
  'inline fragments spread often': (size) =>
    `{ brands { nodes { ${times(Math.min(size, 150), () => '...f')} } } } fragment f on Brand { ${'... { '.repeat(300)} name ${'}'.repeat(300)} }`,
  'many operations': (size) =>
    `${times(size, (index) => `query q${index} { ...f }`)} fragment f on Query { brands { nodes { name name } } }`,
  'many variables': (size) =>
    `query (${times(size, (index) => `$v${index}: ID!`)}) { nodes(ids: [${times(Math.min(size, 100), (index) => `$v${index}`)}]) { id } }`,
  'unknown fields at the end of a long text': (size) =>
    `${'\n'.repeat(size * 60)}{ brands { nodes { ${times(size, (index) => `unheardOf${index}`)} } } }`,
  'long names': (size) =>
    `{ brands { nodes { ${times(size, (index) => `${'phoneNumberMaskedd'.repeat(5)}${index}`)} } } }`,
  'a long comment': (size) => `{ __typename } # ${'x'.repeat(size * 100)}`,
  'many comments': (size) => `${'#\n'.repeat(size * 50)}{ __typename }`,
  'a run of blanks': (size) => `{ __typename ${' '.repeat(size * 100)} }`,
  'a run of line ends': (size) => `{ __typename ${'\r\n'.repeat(size * 50)} }`,
  'a long block string': (size) => `{ brand(brandId: """${' \n'.repeat(size * 50)}""") { name } }`,
  'nested lists': (size) => `{ nodes(ids: ${'['.repeat(size)}${']'.repeat(size)}) { id } }`,
};
