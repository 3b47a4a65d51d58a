/** The text without its blocks of code. */
export const withoutBlocks = (text: string): string => text.replace(/^ *```.*?^ *```$/gms, '');

/** The anchor of a heading, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

/** The anchors of a document: its headings, and those that it sets itself. */
export const anchorsOf = (text: string): readonly string[] => [
  ...[...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)),
  ...[...withoutBlocks(text).matchAll(/^<a id="([\w-]+)"><\/a>$/gm)].map(([, id = '']) => id),
];
