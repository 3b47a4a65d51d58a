import type { InputError } from '../../api/use-mutation';

/** The message about a field of the input, by its path, e.g. `memberInformation.jumpAppid`; also one about what contains it. */
export const errorAt = (errors: readonly InputError[], ...paths: readonly string[]): string | undefined =>
  errors.find(
    ({ field }) => field !== null && field !== undefined && paths.includes(field.slice(1).join('.')),
  )?.message;

/** The last names of the fields that show their errors themselves. */
export const shownFields: readonly string[] = [
  'cardTitle',
  'benefits',
  'cardColor',
  'cardPictureUrl',
  'initLevel',
  'availableDayAfterReceive',
  'availableBeginTime',
  'availableEndTime',
  'servicePhone',
  'legalAgreement',
  'appid',
  'notifyUrl',
  'jumpAppid',
  'jumpPath',
  'memberInformation',
  'pointsInformation',
  'balanceInformation',
  'codeJumpInformation',
];
