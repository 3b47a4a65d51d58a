import { memberMutations } from '../../auth/settings';
import type { Member } from '../../auth/permissions';
import type { Texts } from '../../shared/language';

/**
 * What members may select, by type; `'all'` stands for every field. Everything else is closed to them: a new type or field stays
 * closed until it is listed here. Whose data a field shows is not decided here but at each call (auth/member.ts).
 */
export const openToMembers: Readonly<Record<string, 'all' | readonly string[]>> = {
  Query: ['_entities', '_service', 'brand', 'brands', 'node', 'nodes', 'userCard', 'userCards', 'viewer'],
  // Refused with introspection, before anything is executed.
  _Service: 'all',
  Subscription: ['userCardEvents'],
  Viewer: 'all',
  Brand: ['brandId', 'id', 'name', 'userCards'],
  BrandConnection: 'all',
  BrandEdge: 'all',
  PageInfo: 'all',
  UserCard: [
    ...[
      'brand',
      'brandId',
      'cardColor',
      'cardId',
      'cardPictureUrl',
      'cardTemplate',
      'cardType',
      'cardTypeRaw',
    ],
    ...['createTime', 'fetchedAt', 'id', 'invalidReason', 'invalidTime', 'level', 'modifyTime', 'openid'],
    ...['phoneNumber', 'phoneNumberMasked', 'pickupTime', 'stale', 'userCardCode', 'userCardState'],
    ...['userCardStateRaw', 'userInformation', 'userInformationMasked', 'validDateInformation'],
  ],
  UserCardConnection: 'all',
  UserCardEdge: 'all',
  UserInformation: 'all',
  CommonField: 'all',
  CustomField: 'all',
  FixTermValidity: 'all',
  FixTimeRangeValidity: 'all',
  PermanentValidity: 'all',
  OtherValidity: 'all',
  // What WeChat shows on the card. Not the numbers and addresses of the brand's own systems.
  CardTemplate: [
    ...[
      'appid',
      'balanceInformation',
      'benefits',
      'brand',
      'brandId',
      'cardColor',
      'cardId',
      'cardPictureUrl',
    ],
    ...['cardTitle', 'cardType', 'cardTypeRaw', 'codeJumpInformation', 'codeMode', 'codeModeRaw', 'codeType'],
    ...['codeTypeRaw', 'createTime', 'fetchedAt', 'id', 'initLevel', 'legalAgreement', 'memberInformation'],
    ...['modifyTime', 'needDisplayLevel', 'needPinned', 'pointsInformation', 'purchaseInformation', 'stale'],
    ...['servicePhone', 'state', 'stateRaw', 'userInformation', 'validDateInformation'],
  ],
  CustomFieldForm: 'all',
  UserInformationForm: 'all',
  MiniProgramJump: 'all',
  PurchaseInformation: 'all',
  UserCardEvent: [
    ...['brand', 'brandId', 'cardId', 'createTime', 'eventId', 'eventType', 'eventTypeRaw', 'openid'],
    ...['pointExchange', 'userCard', 'userCardCode'],
  ],
  PointExchange: 'all',
};

/** Whether a member may select the field. For a mutation, see `mayMutate`. */
export const isOpenToMembers = (type: string, field: string): boolean => {
  const open = Object.hasOwn(openToMembers, type) ? openToMembers[type] : undefined;
  return open === 'all' || open?.includes(field) === true;
};

/** Why the member may not use the mutation with these members of its input; `undefined` if they may. */
export const memberMutationFault = (
  { mutations }: Member,
  name: string,
  inputFields: readonly string[],
): Texts | undefined => {
  if (!mutations.includes(name))
    return [`Not permitted: members cannot use ${name} here.`, `没有权限：会员不能使用 ${name}。`];
  const settable: readonly string[] = Object.hasOwn(memberMutations, name)
    ? memberMutations[name as keyof typeof memberMutations]
    : [];
  const foreign = inputFields.filter((field) => !settable.includes(field));
  if (foreign.length === 0) return undefined;
  return [
    `Not permitted: members cannot set ${foreign.join(', ')}.`,
    `没有权限：会员不能设置 ${foreign.join('、')}。`,
  ];
};
