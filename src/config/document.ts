import { parseDocument, type Tags } from 'yaml';

/** The content of a YAML or JSON file, or what is wrong with it. Problems never quote the file, which may hold a secret. */
export const parseFile = (content: string): { readonly value: unknown } | { readonly problem: string } => {
  const document = parseDocument(content, { customTags: withoutNumbers });
  const [error] = document.errors;
  if (error !== undefined) return { problem: `is not YAML or JSON (line ${error.linePos?.[0].line ?? '?'})` };
  try {
    return { value: document.toJS() as unknown };
  } catch {
    return { problem: 'has an alias (*name) that cannot be resolved; write the value in its place' };
  }
};

/** Reads numbers as text: the id 0012 would lose its zeros, a long id its last digits, and the serial 12E3 would be 12000. */
const withoutNumbers = (tags: Tags): Tags =>
  tags.filter((tag) => typeof tag === 'string' || !/:(int|float)$/.test(tag.tag));
