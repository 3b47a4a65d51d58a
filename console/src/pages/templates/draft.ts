import type {
  CommonFieldFlag,
  CodeMode,
  CodeType,
  ConsoleTemplateDetailsQuery,
  CreateCardTemplateInput,
  CustomFieldType,
  UpdateCardTemplateInput,
} from '../../api/documents';

export type Template = NonNullable<ConsoleTemplateDetailsQuery['cardTemplate']>;

export interface Jump {
  readonly jumpAppid: string;
  readonly jumpPath: string;
}

export interface Question {
  readonly name: string;
  readonly type: CustomFieldType;
  /** One a line. */
  readonly values: string;
}

export type ValidityKind = 'permanent' | 'fixTerm' | 'fixTimeRange';

/** A template while it is edited: texts as they are in the inputs; empty means "not given". */
export interface Draft {
  readonly cardTitle: string;
  readonly benefits: string;
  readonly cardColor: string;
  readonly cardPictureUrl: string;
  readonly needDisplayLevel: boolean;
  readonly initLevel: string;
  readonly needPinned: boolean;
  readonly codeMode: CodeMode;
  readonly codeType: CodeType;
  readonly validity: ValidityKind;
  readonly days: string;
  /** Days in Beijing. */
  readonly begin: string;
  readonly end: string;
  readonly appid: string;
  readonly notifyUrl: string;
  readonly servicePhone: string;
  readonly legalAgreement: string;
  readonly memberInformation: Jump;
  readonly pointsInformation: Jump;
  readonly balanceInformation: Jump;
  readonly codeJumpInformation: Jump;
  readonly questions: readonly CommonFieldFlag[];
  readonly ownQuestion: Question | undefined;
}

const noJump: Jump = { jumpAppid: '', jumpPath: '' };

export const emptyDraft: Draft = {
  cardTitle: '',
  benefits: '',
  cardColor: '#067A45',
  cardPictureUrl: '',
  needDisplayLevel: true,
  initLevel: '',
  needPinned: false,
  codeMode: 'SYSTEM_ALLOCATE',
  codeType: 'QR_CODE',
  validity: 'permanent',
  days: '365',
  begin: '',
  end: '',
  appid: '',
  notifyUrl: '',
  servicePhone: '',
  legalAgreement: '',
  memberInformation: noJump,
  pointsInformation: noJump,
  balanceInformation: noJump,
  codeJumpInformation: noJump,
  questions: [],
  ownQuestion: undefined,
};

const kindOf = (type: string | null | undefined): ValidityKind =>
  type === 'FIX_TERM' ? 'fixTerm' : type === 'FIX_TIME_RANGE' ? 'fixTimeRange' : 'permanent';

const beijingDay = (time: string | null | undefined): string =>
  typeof time === 'string' && !Number.isNaN(Date.parse(time))
    ? new Date(Date.parse(time) + 8 * 3_600_000).toISOString().slice(0, 10)
    : '';

const jumpOf = (jump: Template['memberInformation']): Jump => ({
  jumpAppid: jump?.jumpAppid ?? '',
  jumpPath: jump?.jumpPath ?? '',
});

const known = <T extends string>(value: string | null | undefined, otherwise: T): T =>
  value === 'UNKNOWN' || value === null || value === undefined ? otherwise : (value as T);

export const draftOf = (template: Template): Draft => {
  const { validDateInformation: validity, userInformation } = template;
  const [own] = userInformation?.customFieldList ?? [];
  return {
    cardTitle: template.cardTitle,
    benefits: template.benefits ?? '',
    cardColor: template.cardColor ?? '',
    cardPictureUrl: template.cardPictureUrl ?? '',
    needDisplayLevel: template.needDisplayLevel ?? false,
    initLevel: template.initLevel ?? '',
    needPinned: template.needPinned ?? false,
    codeMode: known(template.codeMode, emptyDraft.codeMode),
    codeType: known(template.codeType, emptyDraft.codeType),
    validity: kindOf(validity?.type),
    days: String(validity?.availableDayAfterReceive ?? ''),
    begin: beijingDay(validity?.availableBeginTime),
    end: beijingDay(validity?.availableEndTime),
    appid: template.appid ?? '',
    notifyUrl: template.notifyUrl ?? '',
    servicePhone: template.servicePhone ?? '',
    legalAgreement: template.legalAgreement ?? '',
    memberInformation: jumpOf(template.memberInformation),
    pointsInformation: jumpOf(template.pointsInformation),
    balanceInformation: jumpOf(template.balanceInformation),
    codeJumpInformation: jumpOf(template.codeJumpInformation),
    questions: (userInformation?.commonFieldList ?? []).filter((flag) => flag !== 'UNKNOWN'),
    ownQuestion: own && {
      name: own.name ?? '',
      type: known<CustomFieldType>(own.type, 'RADIO'),
      values: (own.values ?? []).join('\n'),
    },
  };
};

/** What a new template has in common with the brand's others: it belongs to the same mini program and the same service. */
export const draftLike = ({ appid, notifyUrl, servicePhone, memberInformation }: Draft): Draft => ({
  ...emptyDraft,
  appid,
  notifyUrl,
  servicePhone,
  memberInformation,
});

const given = (jump: Jump) => jump.jumpAppid !== '' || jump.jumpPath !== '';

const validityOf = ({ validity, days, begin, end }: Draft) => {
  if (validity === 'permanent') return { permanent: 'PERMANENT' as const };
  if (validity === 'fixTerm') return { fixTerm: { availableDayAfterReceive: Number(days) } };
  return {
    fixTimeRange: {
      availableBeginTime: begin === '' ? '' : `${begin}T00:00:00+08:00`,
      availableEndTime: end === '' ? '' : `${end}T23:59:59+08:00`,
    },
  };
};

const formOf = ({ questions, ownQuestion }: Draft) => ({
  commonFieldList: [...questions],
  customFieldList:
    ownQuestion === undefined
      ? []
      : [
          {
            name: ownQuestion.name,
            type: ownQuestion.type,
            values: ownQuestion.values.split('\n').filter((value) => value.trim() !== ''),
          },
        ],
});

/** The fields that both inputs have. */
const commonOf = (draft: Draft) => ({
  cardTitle: draft.cardTitle,
  benefits: draft.benefits,
  cardColor: draft.cardColor,
  cardPictureUrl: draft.cardPictureUrl,
  needDisplayLevel: draft.needDisplayLevel,
  needPinned: draft.needPinned,
  notifyUrl: draft.notifyUrl,
  validDateInformation: validityOf(draft),
  memberInformation: draft.memberInformation,
  ...(draft.servicePhone === '' ? {} : { servicePhone: draft.servicePhone }),
  ...(given(draft.pointsInformation) ? { pointsInformation: draft.pointsInformation } : {}),
  ...(given(draft.balanceInformation) ? { balanceInformation: draft.balanceInformation } : {}),
  ...(given(draft.codeJumpInformation) ? { codeJumpInformation: draft.codeJumpInformation } : {}),
  userInformation: formOf(draft),
});

export const createInputOf = (draft: Draft, brandId: string): CreateCardTemplateInput => ({
  ...commonOf(draft),
  brandId,
  cardType: 'NORMAL',
  appid: draft.appid,
  codeMode: draft.codeMode,
  codeType: draft.codeType,
  ...(draft.initLevel === '' ? {} : { initLevel: draft.initLevel }),
  ...(draft.legalAgreement === '' ? {} : { legalAgreement: draft.legalAgreement }),
});

/** Only what was changed; the rest stays as WeChat Pay has it. */
export const updateInputOf = (draft: Draft, before: Draft, id: string): UpdateCardTemplateInput => {
  const was: Readonly<Record<string, unknown>> = commonOf(before);
  const changed = Object.entries(commonOf(draft)).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(was[name]),
  );
  return { ...(Object.fromEntries(changed) as Partial<UpdateCardTemplateInput>), cardTemplate: { id } };
};
