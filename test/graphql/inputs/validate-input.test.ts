import { Field, InputType } from 'type-graphql';
import { InputOf, Optional, Required } from '../../../src/graphql/inputs/input-fields';
import { documentedRules } from '../../../src/graphql/inputs/rules/effective-rules';
import { brokenRules } from '../../../src/graphql/inputs/validate-input';
import { brief, card, checkInput, importedCard, template, updatedCard } from '../../support/check-input';

describe('the rules of an input', () => {
  test.each([
    ['createCardTemplate', template],
    ['importUserCardByPhone', importedCard],
    ['updateUserCard', updatedCard],
  ] as const)("accept the documents' own %s example", async (mutation, input) => {
    expect(await checkInput(mutation, input)).toEqual([]);
  });

  test('report every broken rule at once, with its exact path in nested objects and lists', async () => {
    const found = await checkInput('importUserCardByPhone', {
      ...card,
      brandId: 'not a brand',
      userCardCode: '会员',
      level: '一二三四五六七八九十多',
      cardColor: 'yellow',
      validDateInformation: {
        fixTimeRange: {
          availableBeginTime: '2015-02-20T00:00:00',
          availableEndTime: '2015-02-30T00:00:00+08:00',
        },
      },
      pickupTime: 'yesterday',
      userInformation: {
        commonFieldList: [
          { name: 'SEX', value: '?' },
          { name: 'NAME', value: '张三' },
          { name: 'EMAIL', value: '' },
        ],
        customFieldList: [
          { name: '喜欢的运动', userChosenValues: ['足球', '一二三四五六七八九', 'a\u0007'] },
        ],
      },
    });
    expect(found.map(({ field, code }) => [field.join('/'), code]).sort()).toEqual([
      ['input/cardColor', 'INVALID'],
      ['input/cardTemplate/key/brandId', 'INVALID'],
      ['input/level', 'TOO_LONG'],
      ['input/pickupTime', 'INVALID'],
      ['input/userCardCode', 'INVALID'],
      ['input/userInformation/commonFieldList/0/value', 'FORM_ANSWER_MALFORMED'],
      ['input/userInformation/commonFieldList/2/value', 'INVALID'],
      ['input/userInformation/customFieldList/0/userChosenValues/1', 'TOO_LONG'],
      ['input/userInformation/customFieldList/0/userChosenValues/2', 'INVALID'],
      ['input/validDateInformation/fixTimeRange/availableBeginTime', 'INVALID'],
      ['input/validDateInformation/fixTimeRange/availableEndTime', 'INVALID'],
    ]);
  });

  test('never repeat the value in a message, in either language', async () => {
    const secret = '机密🔒'.repeat(80);
    const input = {
      ...updatedCard,
      brandId: secret,
      cardId: secret,
      openid: secret,
      userCardCode: secret,
      cardColor: secret,
      cardPictureUrl: secret,
      phoneNumber: secret,
      level: secret,
      attach: secret,
      validDateInformation: {
        fixTimeRange: {
          availableBeginTime: secret.slice(0, 60),
          availableEndTime: secret.slice(0, 60),
        },
      },
      userInformation: {
        commonFieldList: [{ name: 'EMAIL', value: secret }],
        customFieldList: [{ name: secret, userChosenValues: [secret] }],
      },
    };
    for (const language of ['en', 'zh'] as const) {
      const found = await checkInput('updateUserCard', input, language);
      expect(found.length).toBeGreaterThan(20);
      expect(found.filter(({ message }) => message.includes('机密') || message.includes('🔒'))).toEqual([]);
    }
  });

  test('have messages in English or Chinese that name the field', async () => {
    const input = { ...updatedCard, level: '一二三四五六七八九十多' };
    expect(await checkInput('updateUserCard', input, 'en')).toEqual([
      { field: ['input', 'level'], code: 'TOO_LONG', message: 'level must have at most 10 characters.' },
    ]);
    expect(await checkInput('updateUserCard', input, 'zh')).toEqual([
      { field: ['input', 'level'], code: 'TOO_LONG', message: 'level 最长 10 个字符。' },
    ]);
  });

  test('treat null as absent in optional fields of a new object, nested ones included', async () => {
    const { brandId, cardId, userCardCode, phoneNumber } = importedCard;
    const nothing = Object.fromEntries(Object.keys(importedCard).map((name) => [name, null]));
    const key = { brandId, cardId, userCardCode, phoneNumber };
    expect(await checkInput('importUserCardByPhone', { ...nothing, ...key })).toEqual([]);
    const { customFieldList } = importedCard.userInformation;
    expect(
      await checkInput('importUserCardByPhone', {
        ...importedCard,
        userInformation: { commonFieldList: null, customFieldList },
      }),
    ).toEqual([]);
    const noJump = { ...template, codeType: 'JUMP_MINI_PROGRAM', codeJumpInformation: null };
    expect(brief(await checkInput('createCardTemplate', noJump))).toEqual(['codeJumpInformation REQUIRED']);
  });
});

describe('an override of a rule', () => {
  afterEach(() => {
    documentedRules.replace({});
  });

  test('refuses an input as a documented rule does, and a loosened one accepts it', async () => {
    const { legalAgreement: _, ...without } = template;
    const input = { ...without, benefits: '惠'.repeat(33), notifyUrl: 'http://a.cn/n' };
    const fields = async () => brief(await checkInput('createCardTemplate', input));
    expect(await fields()).toEqual(['benefits TOO_LONG', 'notifyUrl INVALID']);
    documentedRules.replace({
      CREATE_CARD_TEMPLATE: {
        benefits: { maxLength: 33 },
        notify_url: { characters: 'any' },
        legal_agreement: { required: true },
        card_title: { characters: 'documented' },
      },
    });
    expect(await fields()).toEqual(['legalAgreement REQUIRED']);
    expect(brief(await checkInput('createCardTemplate', { ...template, cardTitle: 'VIP+会员' }))).toEqual([
      'cardTitle INVALID',
    ]);
  });

  test('does not require what the server generates', async () => {
    const { outRequestNo: _, ...unnumbered } = template;
    expect(await checkInput('createCardTemplate', unnumbered)).toEqual([]);
  });
});

describe('an update', () => {
  const { brandId, cardId, openid, userCardCode } = updatedCard;
  const key = { brandId, cardId, openid, userCardCode };

  test('refuses null, because WeChat Pay cannot clear a field, and names it', async () => {
    for (const name of ['level', 'attach', 'phoneNumber', 'userInformation', 'validDateInformation']) {
      const found = await checkInput('updateUserCard', { ...updatedCard, [name]: null });
      expect(found).toEqual([
        {
          field: ['input', name],
          code: 'INVALID',
          message: `${name} cannot be cleared: WeChat Pay takes no null; leave the field out to keep its value.`,
        },
      ]);
    }
    const nested = { commonFieldList: null, customFieldList: null };
    expect(brief(await checkInput('updateUserCard', { ...key, userInformation: nested }))).toEqual([
      'userInformation.commonFieldList INVALID',
      'userInformation.customFieldList INVALID',
    ]);
  });

  test('that changes nothing has its own user error', async () => {
    expect(await checkInput('updateUserCard', key)).toEqual([
      { field: ['input'], code: 'NO_CHANGE', message: expect.stringContaining('nothing was sent') as string },
    ]);
    expect(await checkInput('updateUserCard', key, 'zh')).toEqual([
      { field: ['input'], code: 'NO_CHANGE', message: expect.stringContaining('未发送请求') as string },
    ]);
    // Confirming an opening is a change by itself.
    const confirmed = { ...key, userCardConfirmState: 'SUCCESS' };
    expect(await checkInput('confirmUserCard', confirmed)).toEqual([]);
  });
});

describe('an input class with a programming error', () => {
  @InputType()
  class Jump {
    @Required(() => String)
    readonly jumpPath!: string;
  }
  @InputOf('CREATE_CARD_TEMPLATE')
  class Outer {
    @Required(() => Jump)
    memberInformation!: unknown;
    @Field(() => String, { nullable: true })
    forgotten?: string;
    @Optional(() => String)
    undocumented?: string;
  }
  @InputType()
  class OfNoInterface {
    readonly text = 'x';
  }
  const jump = Object.assign(new Jump(), { jumpPath: '/' });
  const outer = (members: Partial<Outer>) => Object.assign(new Outer(), { memberInformation: jump }, members);
  const check = (input: object) => brokenRules(input, { language: 'en', now: 0, rules: documentedRules });

  test('fails if no interface takes it', async () => {
    await expect(check(new OfNoInterface())).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
  });

  test('fails if no document has a rule for a field', async () => {
    await expect(check(outer({ undocumented: 'x' }))).rejects.toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
    });
  });

  test('fails if a field has no rule', async () => {
    await expect(check(outer({ forgotten: 'x' }))).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
  });

  test.each([[{ jumpPath: 'x'.repeat(129) }], [{ jumpPath: '/' }]])(
    'fails if an object is no instance: %j',
    async (memberInformation) => {
      await expect(check(outer({ memberInformation }))).rejects.toMatchObject({
        code: 'INTERNAL_SERVER_ERROR',
      });
    },
  );
});
