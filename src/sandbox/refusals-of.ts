import { refusals, type Refusal, type RefusalName } from './refusals';

const openid = ['openidForeign', 'openidInvalid'] as const;
const unboundJumps = [
  'memberAppidUnbound',
  'codeAppidUnbound',
  'pointsAppidUnbound',
  'balanceAppidUnbound',
  'purchaseAppidUnbound',
] as const;
const emptyJumps = [
  'memberJumpEmpty',
  'codeJumpEmpty',
  'pointsJumpEmpty',
  'balanceJumpEmpty',
  'purchaseJumpEmpty',
] as const;
/** All refusals except those of a `PERMANENT` validity, because the request example of the import by phone has one. */
const datedValidity = [
  'typeDiffers',
  'rangeIncomplete',
  'rangeWithDays',
  'rangeReversed',
  'termIncomplete',
  'daysTooFew',
  'daysTooMany',
] as const;
const validity = [...datedValidity, 'permanentWithDays', 'permanentWithBegin', 'permanentWithEnd'] as const;
const form = ['commonTwice', 'customTwice', 'customRules', 'customValue'] as const;
const answers = [...form, 'commonUnknown', 'birthday', 'email', 'sex', 'customUnknown'] as const;
const extras = ['balanceForbidden', 'purchaseForbidden', 'price', 'titleTooLong', 'titleCharacters'] as const;
const oneActivity = ['activityMissing', 'activityForeign'] as const;

/** The documents' error table of each interface, without the four rows that all interfaces share. */
export const documentedRefusals = {
  CREATE_CARD_TEMPLATE: [
    'levelMissing',
    'levelMissing2025',
    'levelNotShown',
    'codeJumpMissing',
    'codeJumpForbidden',
    ...extras,
    'requestNoTaken',
    'appidUnbound',
    'appidUnbound2025',
    ...unboundJumps,
    'notCompliant',
    'tooManyTemplates',
    'typeNotOpen',
    ...form,
    'notOpened',
  ],
  LIST_CARD_TEMPLATES: ['notOpened'],
  GET_CARD_TEMPLATE: ['templateMissing', 'notOpened'],
  UPDATE_CARD_TEMPLATE: [
    ...unboundJumps,
    ...emptyJumps,
    ...extras,
    'codeJumpFixed',
    ...validity,
    ...form,
    'notCompliant',
    'templateMissing',
    'notOpened',
  ],
  INVALIDATE_CARD_TEMPLATE: ['templateMissing', 'notOpened'],
  LIST_USER_CARDS: [...openid, 'notOpened'],
  GET_USER_CARD: [...openid, 'cardMissing', 'templateMissing', 'notOpened'],
  IMPORT_USER_CARD_BY_PHONE: ['templateOfOther', 'phoneImported', 'phoneUnbound', 'phoneOrCodeTaken'],
  UPDATE_USER_CARD: [
    ...openid,
    ...validity,
    ...answers,
    'notCompliant',
    'cardMissing',
    'cardNotEffective',
    'templateMissing',
    'notOpened',
  ],
  IMPORT_USER_CARD_BY_OPENID: [
    ...openid,
    'codeInvalid',
    'pickupMissing',
    'expiredAlready',
    'notCompliant',
    'holdsWaiting',
    'holdsEffective',
    'deletedByUser',
    'codeTaken',
    'templateInvalid',
    'notOpened',
  ],
  CONFIRM_USER_CARD: [
    ...openid,
    ...validity,
    ...answers,
    'codeInvalid',
    'notCompliant',
    'noneWaiting',
    'codeTaken',
    'codeAllocated',
    'cardNotEffective',
    'templateMissing',
  ],
  INVALIDATE_USER_CARD: [
    ...openid,
    'cardNotInvalidatable',
    'cardMissing',
    'templateMissing',
    'openidWrong',
    'notOpened',
  ],
  CREATE_PRE_AUTH_TOKEN: [
    ...openid,
    'featureClosed',
    'templateInvalid',
    'templateEnded',
    'holdsValid',
    'notOpened',
  ],
  CREATE_USER_FEED: [
    'feedForbidden',
    'notMember',
    'templateInvalid',
    'cell',
    'feedExists',
    'brandNotOpened',
    'feedOpenid',
  ],
  SYNC_USER_POINTS: [...openid, 'cardMissing'],
  CONFIRM_POINT_EXCHANGE_COUPON: [...openid, 'cardMissing', 'exchangeMissing'],
  CREATE_MEMBERSHIP_ACTIVITY: ['activityTemplateMissing', 'activityTemplateInvalid', 'activityUnderWay'],
  LIST_MEMBERSHIP_ACTIVITIES: [],
  GET_MEMBERSHIP_ACTIVITY: oneActivity,
  UPDATE_MEMBERSHIP_ACTIVITY: oneActivity,
  TERMINATE_MEMBERSHIP_ACTIVITY: oneActivity,
} as const satisfies Readonly<Record<string, readonly RefusalName[]>>;

export type RefusingInterface = keyof typeof documentedRefusals;

/**
 * Sentences borrowed from the table of another interface: the description of a field has the rule, but the interface's own
 * table has no row for it.
 */
export const borrowedRefusals: Readonly<Partial<Record<RefusingInterface, readonly RefusalName[]>>> = {
  CREATE_CARD_TEMPLATE: [
    'rangeIncomplete',
    'rangeWithDays',
    'rangeReversed',
    'termIncomplete',
    'daysTooFew',
    'daysTooMany',
  ],
  IMPORT_USER_CARD_BY_PHONE: [
    'templateInvalid',
    'expiredAlready',
    'codeInvalid',
    'notCompliant',
    'notOpened',
    ...datedValidity,
    ...answers,
  ],
  IMPORT_USER_CARD_BY_OPENID: [...datedValidity, ...answers],
  CONFIRM_USER_CARD: ['notOpened'],
  SYNC_USER_POINTS: ['notOpened'],
  CONFIRM_POINT_EXCHANGE_COUPON: ['notOpened'],
  CREATE_MEMBERSHIP_ACTIVITY: ['requestNoTaken', 'notOpened'],
};

/** Every refusal that a call of the interface can get. */
export const refusalsOf = (name: string): readonly RefusalName[] =>
  Object.hasOwn(documentedRefusals, name)
    ? [
        ...documentedRefusals[name as RefusingInterface],
        ...(borrowedRefusals[name as RefusingInterface] ?? []),
      ]
    : [];

/** The whole table: one row for each refusal of each interface. */
export const refusalRows = (): readonly (Refusal & {
  readonly interface: string;
  /** False if the sentence is borrowed. */
  readonly documented: boolean;
})[] =>
  Object.entries(documentedRefusals).flatMap(([name, documented]) =>
    refusalsOf(name).map((one) => ({
      interface: name,
      documented: (documented as readonly RefusalName[]).includes(one),
      ...refusals[one],
    })),
  );
