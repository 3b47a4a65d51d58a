import { registerEnumType } from 'type-graphql';
import { AppError } from '../../../shared/errors';
import type { PhoneImport } from '../../../wechatpay/api/phone-import';
import { ID } from '../../values/scalars';
import type { PayloadFields } from '../write-mutation';

export const ImportOutcome = {
  IMPORTED: 'IMPORTED',
  IMPORTED_OPENID_UNKNOWN: 'IMPORTED_OPENID_UNKNOWN',
} as const;
export type ImportOutcome = keyof typeof ImportOutcome;
registerEnumType(ImportOutcome, {
  name: 'ImportOutcome',
  description: 'What became of an import by phone. Values may be added.',
  valuesConfig: {
    IMPORTED: { description: 'The card is imported, and the openid is known.' },
    IMPORTED_OPENID_UNKNOWN: {
      description:
        'An earlier attempt had no response, and WeChat Pay now says that this phone number or code exists: the import was done. ' +
        'Only the lost response had the openid. To get it, ask the member to open your mini program. If this server sees the card within seven days ' +
        '(in a read, a list or a notification), the same mutation returns it as IMPORTED. ' +
        'WeChat Pay says the same if the phone number or the code had been imported before the first attempt.',
    },
  },
});

interface ImportFields {
  readonly openid: string | undefined;
  readonly outcome: ImportOutcome;
}

/** The payload's fields beside the card. An error means: done, but unreadable; its `known` may contain the openid. */
export const importFieldsOf = (done: PhoneImport | AppError): ImportFields => {
  const openid = done instanceof AppError ? done.known?.openid : done.card?.record.openid;
  return { openid, outcome: openid === undefined ? 'IMPORTED_OPENID_UNKNOWN' : 'IMPORTED' };
};

export const importFields: PayloadFields = {
  openid: {
    type: () => ID,
    description: "The member's openid. Null with IMPORTED_OPENID_UNKNOWN.",
  },
  outcome: { type: () => ImportOutcome, description: 'Null if userErrors say why nothing was imported.' },
};
