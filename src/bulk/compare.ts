import type { ColumnId } from './files/columns';
import type { RowValues } from './files/row-reader';

/** What became of a row of COMPARE whose card could be read. */
export type CompareCode =
  /** All that the row says is so. */
  | 'EQUAL'
  /** An update of the card would make it so. */
  | 'DIFFERS'
  /** The card has another state, which no update changes. */
  | 'STATE_DIFFERS'
  /** The validity is of another type than the card's, which is that of its template, so no update changes it. */
  | 'VALIDITY_TYPE_DIFFERS'
  /** Level or validity differ, and a card that is not EFFECTIVE cannot be updated. */
  | 'CARD_NOT_EFFECTIVE';

export interface Comparison {
  /** What the file says where an update can make it so, and only what differs. */
  readonly wanted: RowValues;
  /** As WeChat Pay has it. */
  readonly found: RowValues;
}

/** A card as WeChat Pay has it, in its words. */
export interface ComparedCard {
  readonly state: string;
  readonly level: string | undefined;
  readonly validity:
    | {
        readonly type?: string | undefined;
        readonly availableBeginTime?: string | undefined;
        readonly availableEndTime?: string | undefined;
        readonly availableDayAfterReceive?: number | undefined;
      }
    | undefined;
}

/** A validity is one value, which is changed as a whole. */
const validityColumns: readonly ColumnId[] = ['validBegin', 'validEnd', 'validDays', 'permanent'];
const groups: readonly (readonly ColumnId[])[] = [['level'], validityColumns];

/** The columns that are compared, beside those of the card's key. */
export const comparedColumns: readonly ColumnId[] = groups.flat();

/** Compares what a row says with a card. Empty cells say nothing. */
export const compareCard = (
  values: RowValues,
  card: ComparedCard,
): {
  readonly code: CompareCode;
  readonly differing: readonly ColumnId[];
  readonly comparison: Comparison;
} => {
  const found = valuesOf(card);
  const differing = groups.filter((group) => {
    const says = group.some((column) => isSaid(values, column));
    return says && !group.every((column) => isSame(column, values, found));
  });
  const saidOf = (columns: readonly ColumnId[]): readonly ColumnId[] =>
    columns.filter((column) => isSaid(values, column));
  const stateDiffers = isSaid(values, 'userCardState') && values.userCardState !== found.userCardState;
  const mendable = differing.filter((group) => group !== validityColumns || !hasOtherType(values, found));
  const wanted: RowValues = Object.fromEntries(
    saidOf(mendable.flat()).map((column) => [column, values[column]]),
  );
  const code = (): CompareCode => {
    if (stateDiffers) return 'STATE_DIFFERS';
    if (differing.length === 0) return 'EQUAL';
    if (card.state !== 'EFFECTIVE') return 'CARD_NOT_EFFECTIVE';
    return mendable.length === 0 ? 'VALIDITY_TYPE_DIFFERS' : 'DIFFERS';
  };
  return {
    code: code(),
    differing: [...saidOf(differing.flat()), ...(stateDiffers ? (['userCardState'] as const) : [])],
    comparison: { wanted, found },
  };
};

/** By which column a validity is of which type. */
const typeColumns = ['validEnd', 'validDays', 'permanent'] as const;

const hasOtherType = (values: RowValues, found: RowValues): boolean => {
  const known = typeColumns.find((column) => isSaid(found, column));
  return known !== undefined && !isSaid(values, known);
};

const valuesOf = ({ state, level, validity }: ComparedCard): RowValues => {
  const values: Readonly<Partial<Record<ColumnId, string | number | boolean | undefined>>> = {
    userCardState: state,
    level,
    ...(validity?.type === 'PERMANENT' && { permanent: true }),
    ...(validity?.type === 'FIX_TERM' && { validDays: validity.availableDayAfterReceive }),
    ...(validity?.type === 'FIX_TIME_RANGE' && {
      validBegin: validity.availableBeginTime,
      validEnd: validity.availableEndTime,
    }),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
};

/** Not permanent is what every other validity says. */
const isSaid = (values: RowValues, column: ColumnId): boolean =>
  values[column] !== undefined && values[column] !== false;

const isSame = (column: ColumnId, values: RowValues, found: RowValues): boolean => {
  if (!isSaid(values, column)) return found[column] === undefined;
  const [one, other] = [values[column], found[column]];
  return isTime(column) ? secondOf(one) === secondOf(other) : one === other;
};

const isTime = (column: ColumnId): boolean => column === 'validBegin' || column === 'validEnd';

/** A moment may be written with another offset, or with a fraction of a second. */
const secondOf = (time: unknown): number => Math.floor(Date.parse(String(time)) / 1_000);
