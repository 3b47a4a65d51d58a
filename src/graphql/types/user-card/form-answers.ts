import type { Sealed } from '../../../wechatpay/records/decode';
import type { PersonalValue, Revealed } from '../../access/personal';
import type { UserCardSource } from './user-card.type';

/** Every answer of the member's form, encrypted, with the name that the audit log uses. */
export const answersOf = ({ personal }: UserCardSource): readonly PersonalValue[] => {
  const { commonFieldList = [], customFieldList = [] } = personal.userInformation ?? {};
  return [
    ...commonFieldList.flatMap(({ nameRaw, value }) => (value === undefined ? [] : [named(nameRaw, value)])),
    ...customFieldList.flatMap(({ name, userChosenValues = [] }) =>
      userChosenValues.map((value) => named(name, value)),
    ),
  ];
};

/** The form with `show` applied to every answer: a text, or the error in its place; `undefined` if the member has none. */
export const withAnswers = ({ personal }: UserCardSource, show: (value: Sealed) => Revealed) => {
  const { commonFieldList, customFieldList } = personal.userInformation ?? {};
  if (commonFieldList === undefined && customFieldList === undefined) return undefined;
  return {
    commonFieldList: commonFieldList?.map(({ name, nameRaw, value }) => ({
      name,
      nameRaw,
      value: value && show(value),
    })),
    customFieldList: customFieldList?.map(({ name, userChosenValues }) => ({
      name,
      userChosenValues: userChosenValues?.map(show),
    })),
  };
};

const named = (name = 'unnamed', { sealed }: Sealed): PersonalValue => ({
  field: `userInformation.${name}`,
  sealed,
});
