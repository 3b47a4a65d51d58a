import type { BulkKind } from '../../../../src/bulk/files/kinds';

/** The response of `POST /bulk/files`. */
export interface UploadedFile {
  readonly fileId: string;
  readonly format: string;
  readonly encoding?: string;
  readonly columns: readonly string[];
  readonly rowCount: number;
  readonly expireTime: string;
  /** What each kind would read from which column, by the headers. */
  readonly kinds: Readonly<
    Record<BulkKind, { readonly columns: readonly { readonly column: string; readonly header: string }[] }>
  >;
  /** The first rows, masked. */
  readonly preview: readonly {
    readonly number: number;
    readonly cells: readonly string[];
    readonly problem?: { readonly code: string; readonly message: string };
  }[];
}
