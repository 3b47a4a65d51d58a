import { posix } from 'node:path';
import { withHeader, type Headed } from '../header';
import type { Limits } from '../limits';
import { FileError } from '../problem';
import { createSpool, type Spool } from '../spool';
import type { Epoch } from './number-text';
import { openPackage, type Package } from './package';
import { readSharedStrings } from './shared-strings';
import { readSheet } from './sheet';
import { noStyles, readStyles } from './styles';
import { readXml } from './xml';

/** Unpacked bytes of the parts that are not a table. */
const maxSmallPart = 32 * 1_048_576;

interface Relation {
  readonly type: string;
  readonly target: string;
}

export interface WorkbookOptions {
  readonly sheet?: string | undefined;
  readonly directory?: string | undefined;
  readonly limits: Limits;
}

/** The parts that a part refers to, by id. Their types differ in two editions of the standard, but not in the last word. */
const readRelations = async (file: Package, part: string): Promise<ReadonlyMap<string, Relation>> => {
  const { dir, base } = posix.parse(part);
  const name = posix.join(dir, '_rels', `${base}.rels`);
  const relations = new Map<string, Relation>();
  if (!file.has(name)) return relations;
  await readXml(file.read(name, maxSmallPart), {
    open(element, { Id: id, Type: type = '', Target: target = '', TargetMode: mode }) {
      if (element !== 'Relationship' || id === undefined || mode === 'External') return;
      const path = target.startsWith('/') ? target.slice(1) : posix.join(dir, target);
      relations.set(id, { type: posix.basename(type), target: path });
    },
  });
  return relations;
};

const partOf = (relations: ReadonlyMap<string, Relation>, type: string): string | undefined =>
  [...relations.values()].find((relation) => relation.type === type)?.target;

interface SheetEntry {
  readonly name: string;
  readonly isHidden: boolean;
  readonly relation: string;
}

const readWorkbookPart = async (
  file: Package,
  part: string,
): Promise<{ readonly sheets: readonly SheetEntry[]; readonly epoch: Epoch }> => {
  const sheets: SheetEntry[] = [];
  let epoch: Epoch = 1900;
  await readXml(file.read(part, maxSmallPart), {
    open(element, attributes) {
      if (element === 'workbookPr' && /^(?:1|true)$/.test(attributes.date1904 ?? '')) epoch = 1904;
      if (element !== 'sheet') return;
      const relation = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1];
      const { name = '', state = 'visible' } = attributes;
      if (relation !== undefined) sheets.push({ name, isHidden: state !== 'visible', relation });
    },
  });
  return { sheets, epoch };
};

const sheetPart = (
  sheets: readonly SheetEntry[],
  relations: ReadonlyMap<string, Relation>,
  wanted: string | undefined,
): string => {
  const tables = sheets.filter(({ relation }) => relations.get(relation)?.type === 'worksheet');
  const found =
    wanted === undefined
      ? (tables.find(({ isHidden }) => !isHidden) ?? tables[0])
      : tables.find(({ name }) => name === wanted);
  const target = found && relations.get(found.relation)?.target;
  if (target === undefined) throw new FileError('SHEET_NOT_FOUND');
  return target;
};

/**
 * Opens an XLSX file. It is read at many places, so it is kept in an encrypted temporary file until it is closed, and its table of
 * strings in another one.
 *
 * @throws FileError as the parts do; FILE_IS_XLSB, FILE_IS_ARCHIVE, SHEET_NOT_FOUND.
 */
export const openWorkbook = async (
  chunks: AsyncIterable<Buffer>,
  { sheet, directory, limits }: WorkbookOptions,
): Promise<Headed & { readonly encoding: () => undefined; readonly close: () => Promise<void> }> => {
  const spools: Spool[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(spools.map((spool) => spool.close()));
  };
  const newSpool = async (): Promise<Spool> => {
    const spool = await createSpool(directory);
    spools.push(spool);
    return spool;
  };
  try {
    const spool = await newSpool();
    for await (const chunk of chunks) await spool.append(chunk);
    const file = await openPackage(spool);
    const main = partOf(await readRelations(file, ''), 'officeDocument') ?? 'xl/workbook.xml';
    if (main.endsWith('.bin')) throw new FileError('FILE_IS_XLSB');
    const relations = await readRelations(file, main);
    // Other office formats have a main part too.
    if (!file.has(main) || partOf(relations, 'worksheet') === undefined)
      throw new FileError('FILE_IS_ARCHIVE');
    const { sheets, epoch } = await readWorkbookPart(file, main);
    const part = sheetPart(sheets, relations, sheet);
    const [strings, styles] = [partOf(relations, 'sharedStrings'), partOf(relations, 'styles')];
    const rows = readSheet(file.read(part, limits.maxInflated), {
      strings:
        strings === undefined
          ? undefined
          : await readSharedStrings(file.read(strings, limits.maxInflated), await newSpool()),
      styles: styles === undefined ? noStyles : await readStyles(file.read(styles, maxSmallPart)),
      epoch,
      limits,
    });
    return { ...(await withHeader(rows, limits)), encoding: () => undefined, close };
  } catch (error) {
    await close();
    throw error;
  }
};
