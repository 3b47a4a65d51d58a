import type { RuledInterface } from '../../documents/interface-rules';
import type { ColumnId } from './columns';

export interface KindRule {
  /** The interface that a row calls. `undefined`: none that changes anything. */
  readonly interface: RuledInterface | undefined;
  /** The columns that a row must have a value in. */
  readonly required: readonly ColumnId[];
  readonly optional: readonly ColumnId[];
}

const validity = ['validBegin', 'validEnd', 'validDays', 'permanent'] as const;
const form = ['name', 'sex', 'birthday', 'address', 'email', 'city'] as const;
const appearance = ['cardColor', 'cardPictureUrl'] as const;
/** Reads and changes of a card need both. */
const card = ['openid', 'userCardCode'] as const;

/** What each kind of operation takes from a file. Brand and template are of the operation, not of a row. */
export const kindRules = {
  IMPORT_BY_PHONE: {
    interface: 'IMPORT_USER_CARD_BY_PHONE',
    required: ['phoneNumber', 'userCardCode'],
    optional: ['level', ...validity, 'pickupTime', ...appearance, ...form],
  },
  IMPORT_BY_OPENID: {
    interface: 'IMPORT_USER_CARD_BY_OPENID',
    required: card,
    optional: ['phoneNumber', 'level', ...validity, 'pickupTime', ...appearance, ...form],
  },
  UPDATE_USER_CARDS: {
    interface: 'UPDATE_USER_CARD',
    required: card,
    optional: ['level', ...validity, 'phoneNumber', ...appearance, 'attach', ...form],
  },
  INVALIDATE_USER_CARDS: { interface: 'INVALIDATE_USER_CARD', required: card, optional: ['invalidReason'] },
  SYNC_USER_POINTS: { interface: 'SYNC_USER_POINTS', required: [...card, 'pointBalance'], optional: [] },
  RECORD_MEMBERS: {
    interface: undefined,
    required: ['userCardCode'],
    optional: ['openid', 'phoneNumber', 'level', 'userCardState'],
  },
  COMPARE: { interface: undefined, required: card, optional: ['level', ...validity, 'userCardState'] },
} as const satisfies Readonly<Record<string, KindRule>>;

export type BulkKind = keyof typeof kindRules;

export const bulkKinds = Object.keys(kindRules) as readonly BulkKind[];

export const kindRuleOf = (kind: BulkKind): KindRule => kindRules[kind];

/** All columns of a kind, the required ones first. */
export const columnsOfKind = (kind: BulkKind): readonly ColumnId[] => {
  const { required, optional } = kindRuleOf(kind);
  return [...required, ...optional];
};
