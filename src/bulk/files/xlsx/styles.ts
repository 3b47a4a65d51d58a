import { readXml } from './xml';

/** How the number of a cell is shown, as far as it changes what the number means. */
export type NumberStyle =
  | { readonly kind: 'plain' }
  | { readonly kind: 'date' }
  /** A time of day, without a date. */
  | { readonly kind: 'time' }
  /** At least so many digits, with leading zeros. */
  | { readonly kind: 'zeros'; readonly digits: number };

const plain: NumberStyle = { kind: 'plain' };

/** Formats that every workbook has; 27 to 36 and 50 to 58 are dates in Chinese and other East Asian editions. */
const builtIn = (id: number): NumberStyle => {
  const isTime = (id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47);
  if (isTime) return { kind: 'time' };
  const isDate = (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
  return isDate ? { kind: 'date' } : plain;
};

/** The style that a format such as `yyyy"年"m"月"d"日"` means. */
export const styleOfFormat = (format: string): NumberStyle => {
  const [first = ''] = format.split(';');
  if (/^0{2,}$/.test(first.replaceAll('"', '')))
    return { kind: 'zeros', digits: first.replaceAll('"', '').length };
  const codes = first
    .replace(/"[^"]*"|\\.|_.|\*./g, '')
    // Colours, locales and conditions; [h] is a duration, not a time of day.
    .replace(/\[[^\]]*\]/g, '')
    .toLowerCase();
  if (/[yd]|e+年|m+月/.test(codes)) return { kind: 'date' };
  return /h|s|上午|am\/pm/.test(codes) && !/\[[hms]+\]/i.test(first) ? { kind: 'time' } : plain;
};

export type Styles = (index: number) => NumberStyle;

export const noStyles: Styles = () => plain;

/** Reads the styles of the cells. @throws FileError as parsing does. */
export const readStyles = async (chunks: AsyncIterable<Buffer>): Promise<Styles> => {
  const formats = new Map<number, NumberStyle>();
  const cells: NumberStyle[] = [];
  let isInCells = false;
  await readXml(chunks, {
    open(name, attributes) {
      if (name === 'cellXfs') isInCells = true;
      if (name === 'numFmt')
        formats.set(Number(attributes.numFmtId), styleOfFormat(attributes.formatCode ?? ''));
      if (name !== 'xf' || !isInCells) return;
      const id = Number(attributes.numFmtId ?? 0);
      cells.push(formats.get(id) ?? builtIn(id));
    },
    close(name) {
      if (name === 'cellXfs') isInCells = false;
    },
  });
  return (index) => cells[index] ?? plain;
};
