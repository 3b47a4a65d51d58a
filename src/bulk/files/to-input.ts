import type { BulkKind } from './kinds';
import type { RowValues } from './row-reader';

/** The card template of an operation. */
export interface TemplateKey {
  readonly brandId: string;
  readonly cardId: string;
}

type Members = Readonly<Record<string, unknown>>;

/** The fields of WeChat Pay's form that a column answers. */
const answers = {
  sex: 'USER_FORM_FLAG_SEX',
  name: 'USER_FORM_FLAG_NAME',
  birthday: 'USER_FORM_FLAG_BIRTHDAY',
  address: 'USER_FORM_FLAG_ADDRESS',
  email: 'USER_FORM_FLAG_EMAIL',
  city: 'USER_FORM_FLAG_CITY',
} as const;

const present = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

const validityOf = ({ validBegin, validEnd, validDays, permanent }: RowValues): Members | undefined => {
  if (permanent === true) return { permanent: 'PERMANENT' };
  if (validDays !== undefined) return { fixTerm: { availableDayAfterReceive: validDays } };
  if (validBegin === undefined && validEnd === undefined) return undefined;
  return { fixTimeRange: present({ availableBeginTime: validBegin, availableEndTime: validEnd }) };
};

const formOf = (values: RowValues): Members | undefined => {
  const list = (Object.keys(answers) as (keyof typeof answers)[]).flatMap((id) =>
    values[id] === undefined ? [] : [{ name: answers[id], value: values[id] }],
  );
  return list.length === 0 ? undefined : { commonFieldList: list };
};

/**
 * The input of the kind's mutation with the values of a row, e.g. of `importUserCardByPhone`. Enumerations have WeChat Pay's values,
 * as resolvers get them. COMPARE and RECORD_MEMBERS have no mutation: of their rows it is the card.
 */
export const toInput = (kind: BulkKind, values: RowValues, template: TemplateKey): Members => {
  const { openid, userCardCode, phoneNumber, level, pickupTime, cardColor, cardPictureUrl } = values;
  const { attach, invalidReason, pointBalance } = values;
  const isImport = kind === 'IMPORT_BY_PHONE' || kind === 'IMPORT_BY_OPENID';
  const target = isImport
    ? { cardTemplate: { key: template }, userCardCode, openid }
    : { userCard: { key: { ...template, openid, userCardCode } } };
  if (kind === 'COMPARE' || kind === 'RECORD_MEMBERS') return target;
  return present({
    ...target,
    phoneNumber,
    level,
    validDateInformation: validityOf(values),
    pickupTime,
    cardColor,
    cardPictureUrl,
    attach,
    userInformation: formOf(values),
    invalidReason,
    pointBalance,
  });
};
