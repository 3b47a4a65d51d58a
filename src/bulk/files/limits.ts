/** How much of a file is read. Beyond a limit, the file is refused. */
export interface Limits {
  /** Bytes of the file. Default: 256 MiB. */
  readonly maxBytes: number;
  /** Rows with data. Default: 1 000 000. */
  readonly maxRows: number;
  /** Default: 256. */
  readonly maxColumns: number;
  /** Characters (UTF-16 units) of a cell; a longer one fails its row. Default: 32 767, as in Excel. */
  readonly maxCell: number;
  /** Bytes of a row of text. Default: 1 MiB. */
  readonly maxRecord: number;
  /** Bytes to which a part of an XLSX file may unpack. Default: 2 GiB. */
  readonly maxInflated: number;
}

const mebibyte = 1_048_576;

export const defaultLimits: Limits = {
  maxBytes: 256 * mebibyte,
  maxRows: 1_000_000,
  maxColumns: 256,
  maxCell: 32_767,
  maxRecord: mebibyte,
  maxInflated: 2_048 * mebibyte,
};
