import { Field, InputType } from 'type-graphql';
import { ValidateNested } from 'class-validator';
import { Text } from '../../../src/graphql/inputs/rules/text';
import { brokenRules } from '../../../src/graphql/inputs/validate-input';
import { brief, card, checkInput, importedCard, template, updatedCard } from '../../support/check-input';

describe('the rules of an input', () => {
  test.each([
    ['createCardTemplate', template],
    ['importUserCardByPhone', importedCard],
    ['updateUserCard', updatedCard],
  ] as const)("find nothing in the documents' own %s example", async (mutation, input) => {
    expect(await checkInput(mutation, input)).toEqual([]);
  });

  test('name every broken one at once, in every nested object and list, each with its exact path', async () => {
    const found = await checkInput('importUserCardByPhone', {
      ...card,
      brandId: 'not a brand',
      userCardCode: '会员',
      level: '一二三四五六七八九十多',
      cardColor: 'yellow',
      validDateInformation: { type: 'FIX_TIME_RANGE', availableEndTime: '2015-02-30T00:00:00+08:00' },
      pickupTime: 'yesterday',
      userInformation: {
        commonFieldList: [
          { name: 'USER_FORM_FLAG_SEX', value: '?' },
          { name: 'USER_FORM_FLAG_NAME', value: '张三' },
          { name: 'USER_FORM_FLAG_EMAIL', value: '' },
        ],
        customFieldList: [{ name: '喜欢的运动', userChosenValues: ['足球', '一二三四五六七八九', '🏀'] }],
      },
    });
    expect(found.map(({ field, code }) => [field.join('/'), code]).sort()).toEqual([
      ['input/brandId', 'INVALID'],
      ['input/cardColor', 'INVALID'],
      ['input/level', 'TOO_LONG'],
      ['input/pickupTime', 'INVALID'],
      ['input/userCardCode', 'INVALID'],
      ['input/userInformation/commonFieldList/0/value', 'INVALID'],
      ['input/userInformation/commonFieldList/2/value', 'INVALID'],
      ['input/userInformation/customFieldList/0/userChosenValues/1', 'TOO_LONG'],
      ['input/userInformation/customFieldList/0/userChosenValues/2', 'INVALID'],
      ['input/validDateInformation/availableBeginTime', 'REQUIRED'],
      ['input/validDateInformation/availableEndTime', 'INVALID'],
    ]);
  });

  test('never let a message hold what was entered, in either language', async () => {
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
        type: 'FIX_TIME_RANGE',
        availableBeginTime: secret.slice(0, 60),
        availableEndTime: secret.slice(0, 60),
      },
      userInformation: {
        commonFieldList: [{ name: 'USER_FORM_FLAG_EMAIL', value: secret }],
        customFieldList: [{ name: secret, userChosenValues: [secret] }],
      },
    };
    for (const language of ['en', 'zh'] as const) {
      const found = await checkInput('updateUserCard', input, language);
      expect(found.length).toBeGreaterThan(20);
      expect(found.filter(({ message }) => message.includes('机密') || message.includes('🔒'))).toEqual([]);
    }
  });

  test('speak English, or Chinese where that is asked for, and name the field', async () => {
    const input = { ...updatedCard, level: '一二三四五六七八九十多' };
    expect(await checkInput('updateUserCard', input, 'en')).toEqual([
      { field: ['input', 'level'], code: 'TOO_LONG', message: 'level must have at most 10 characters.' },
    ]);
    expect(await checkInput('updateUserCard', input, 'zh')).toEqual([
      { field: ['input', 'level'], code: 'TOO_LONG', message: 'level 最长 10 个字符。' },
    ]);
  });

  test('take null on an optional field for absent, nested objects and lists too', async () => {
    const { brandId, cardId, openid, userCardCode } = updatedCard;
    const nothing = Object.fromEntries(Object.keys(updatedCard).map((name) => [name, null]));
    expect(await checkInput('updateUserCard', { ...nothing, brandId, cardId, openid, userCardCode })).toEqual(
      [],
    );
    expect(
      await checkInput('updateUserCard', {
        ...updatedCard,
        userInformation: { commonFieldList: null, customFieldList: null },
      }),
    ).toEqual([]);
    const noJump = { ...template, codeType: 'JUMP_MINI_PROGRAM', codeJumpInformation: null };
    expect(brief(await checkInput('createCardTemplate', noJump))).toEqual(['codeJumpInformation REQUIRED']);
  });
});

describe('an input class with a mistake of ours', () => {
  @InputType()
  class Inner {
    @Field(() => String)
    @Text(3)
    readonly text!: string;
  }
  @InputType()
  class Outer {
    @Field(() => Inner)
    @ValidateNested()
    inner!: unknown;
    @Field(() => String, { nullable: true })
    forgotten?: string;
  }
  const outer = (members: Partial<Outer>) => Object.assign(new Outer(), { inner: new Inner() }, members);
  const check = (input: object) => brokenRules(input, { language: 'en', now: 0 });

  test('fails rather than let a field without a rule through', async () => {
    await expect(check(outer({ forgotten: 'x' }))).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
  });

  test.each([[{ text: 'far too long' }], [{}]])(
    'fails rather than let an object that is no instance through: %j',
    async (inner) => {
      await expect(check(outer({ inner }))).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    },
  );
});
