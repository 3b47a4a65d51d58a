import type { Language } from '../../../shared/language';
import { ruleOf } from '../columns';
import { exampleOf } from '../example';
import { columnsOfKind, kindRuleOf, type BulkKind } from '../kinds';
import { contentTypes, writeTable } from './write-table';

/** JSONL has no header that an empty file could show. */
export const templateFormats = ['csv', 'xlsx'] as const;

export interface TemplateFile {
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

/**
 * The file to fill in for a kind of operation: a header, with `*` behind what is required, and one row of examples. The examples are
 * marked as such, so a row that is left in is never imported. All columns of XLSX are texts, so Excel changes no number.
 */
export const templateFile = async (
  kind: BulkKind,
  format: (typeof templateFormats)[number],
  language: Language,
): Promise<TemplateFile> => {
  const { required } = kindRuleOf(kind);
  const ids = columnsOfKind(kind);
  const columns = ids.map((id) => `${ruleOf(id)[language]}${required.includes(id) ? '*' : ''}`);
  const rows = async function* (): AsyncGenerator<readonly string[], void, undefined> {
    yield await Promise.resolve(ids.map((id) => exampleOf(language, ruleOf(id).example)));
  };
  const bytes: Buffer[] = [];
  for await (const chunk of writeTable(format, columns, rows())) bytes.push(chunk);
  return {
    fileName: `${kind.toLowerCase().replaceAll('_', '-')}-template.${format}`,
    contentType: contentTypes[format],
    bytes: Buffer.concat(bytes),
  };
};
