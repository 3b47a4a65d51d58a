import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstExample, secondExample } from '../../src/sandbox/seed';
import { interfaceNames } from '../../src/wechatpay/api/interfaces';
import { inputOf } from '../support/by-key';
import { createBulkOperation, settledBulkOperation, uploadBulkFile } from '../support/bulk-client';
import { callers } from '../support/callers';
import { startFaultyUpstream, type FaultyUpstream } from '../support/faulty-upstream';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { testApp, type Answer, type TestApp } from '../support/test-app';

const { brandId, cardId } = firstExample;
const known = callers({
  read: [`brand:${brandId}:read`],
  pii: [`brand:${brandId}:pii`],
  write: [`brand:${brandId}:write`, `brand:${brandId}:pii`],
  other: ['brand:1002:pii'],
});

interface Card {
  readonly openid: string;
  readonly userCardCode: string;
  readonly userCardState: string;
}
interface KnownCard extends Card {
  readonly userCardId: string | null;
  readonly level: string | null;
  readonly pointBalance: number | null;
  readonly fetchedAt: string | null;
}

describe("the members' directory", () => {
  const directory = mkdtempSync(join(tmpdir(), 'directory-'));
  let sandbox: Sandbox;
  let upstream: FaultyUpstream;
  let app: TestApp;
  let isLost = false;
  let isAuditFull = false;
  beforeAll(async () => {
    sandbox = await startSandbox({ membersPerBrand: 30 });
    upstream = await startFaultyUpstream(sandbox);
    const limits = Object.fromEntries(interfaceNames.map((one) => [one, { brand: 1_000, partner: 1_000 }]));
    app = await testApp({
      upstream: sandbox,
      audit() {
        if (isAuditFull) throw new Error('the disk is full');
      },
      change: (config) => {
        const { wechatPay, ...rest } = upstream.configure(config);
        return {
          ...rest,
          wechatPay: { ...wechatPay, limits },
          auth: known.settings,
          database: { directory },
          directory: { brandIds: [brandId], retainDays: 365 },
        };
      },
    });
    await fetch(`${sandbox.url}/sandbox/limits`, {
      method: 'PUT',
      body: JSON.stringify({ limits: Object.fromEntries(interfaceNames.map((one) => [one, 1_000])) }),
    });
    upstream.spoil(({ method, status }) => {
      if (!isLost || method === 'GET' || status !== 200) return 'none';
      isLost = false;
      return 'reset';
    });
  });
  afterAll(async () => {
    await app.close();
    await upstream.close();
    await sandbox.close();
    known.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  type Caller = keyof typeof known.headers;
  const find = async (
    by: object,
    caller: Caller = 'pii',
    language = 'en',
  ): Promise<Answer & { card: Card | null }> => {
    const answer = await app.ask<{ brand: { findUserCard: Card | null } | null }>(
      `query Till($brandId: ID!, $by: FindUserCardBy!) { brand(brandId: $brandId) { findUserCard(by: $by) {
        openid userCardCode userCardState } } }`,
      { brandId, by },
      { ...known.headers[caller], 'accept-language': language },
    );
    return { ...answer, card: answer.data?.brand?.findUserCard ?? null };
  };
  const list = async (args = '', caller: Caller = 'read') => {
    const { data, errors } = await app.ask<{
      brand: {
        knownUserCards: {
          nodes: readonly KnownCard[];
          pageInfo: { hasNextPage: boolean; endCursor: string };
          knownCount: number;
          coverage: { since: string | null; complete: boolean; lostAt: string | null };
        };
      };
    }>(
      `{ brand(brandId: "${brandId}") { knownUserCards${args} {
        nodes { userCardId openid userCardCode userCardState level pointBalance fetchedAt }
        pageInfo { hasNextPage endCursor } knownCount coverage { since complete lostAt } } } }`,
      {},
      known.headers[caller],
    );
    return { page: data?.brand.knownUserCards, errors };
  };
  const mutate = async (name: string, input: object): Promise<void> => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const { data, errors } = await app.ask<{ payload: { userErrors: readonly object[] } }>(
      `mutation ($input: ${type}!) { payload: ${name}(input: $input) { userErrors { code } } }`,
      { input: inputOf(name, input) },
      known.headers.write,
    );
    expect({ errors, userErrors: data?.payload.userErrors }).toEqual({ errors: [], userErrors: [] });
  };
  const read = (openid: string) =>
    app.ask(
      `{ brand(brandId: "${brandId}") { userCards(openid: "${openid}") { nodes { level } } } }`,
      {},
      known.headers.read,
    );

  it('does not know what never passed by, and asks nobody', async () => {
    const before = app.arrived();
    expect(await find({ userCardCode: 'never' })).toMatchObject({ card: null, errors: [] });
    expect(app.arrived()).toBe(before);
  });

  it('finds the card that a till scans, after it was in a list, with at most one call', async () => {
    const { openid, userCardCode } = firstExample;
    await read(openid);
    const before = app.arrived();
    const { card, errors } = await find({ userCardCode }, 'read');
    expect({ card, errors }).toMatchObject({ card: { openid, userCardCode }, errors: [] });
    expect(app.arrived() - before).toBeLessThanOrEqual(1);
    const again = app.arrived();
    const { page } = await list(`(filter: { openid: "${openid}" })`);
    expect(page?.nodes[0]).toMatchObject({ openid, userCardCode, fetchedAt: expect.any(String) as string });
    expect(page?.coverage).toEqual({ since: expect.any(String) as string, complete: true, lostAt: null });
    expect(app.arrived()).toBe(again);
  });

  it('takes the members of a file without a call, until WeChat Pay says otherwise', async () => {
    const headers = known.headers.write;
    const writer = {
      url: app.url,
      ask: <T>(query: string, variables: Readonly<Record<string, unknown>> = {}) =>
        app.ask<T>(query, variables, headers),
    };
    const openid = `o${brandId}-member-00009`;
    const [card] = sandbox.state().userCardsOf(brandId, openid);
    const lines = [
      '会员卡号,openid,手机号,等级,状态',
      `${String(card?.user_card_code)},${openid},+86 138 0000 7001,文件等级,有效`,
      'FILE-ONLY-1,,13800007002,文件等级,正常',
    ];
    const record = async (idempotencyKey: string) => {
      const { body } = await uploadBulkFile(writer, brandId, `${lines.join('\n')}\n`, headers);
      const order = { cardTemplate: { key: { brandId, cardId: card?.card_id } }, fileId: body.fileId };
      const { id } = await createBulkOperation(writer, { kind: 'RECORD_MEMBERS', ...order, idempotencyKey });
      return (await settledBulkOperation(writer, id)).counts;
    };
    const shown = async () => (await list(`(filter: { openid: "${openid}" })`)).page?.nodes[0];
    const before = app.arrived();
    expect(await record('members')).toEqual([{ state: 'SUCCEEDED', code: null, count: 2 }]);
    expect(app.arrived()).toBe(before);
    expect(await shown()).toMatchObject({ level: '文件等级', userCardState: 'EFFECTIVE', fetchedAt: null });
    const { errors } = await find({ userCardCode: 'FILE-ONLY-1' });
    expect(errors[0]?.extensions.code).toBe('NOT_FOUND');
    expect((await find({ phoneNumber: '13800007001' })).card).toMatchObject({ openid });
    const told = await shown();
    expect(told).toMatchObject({ level: card?.level, fetchedAt: expect.any(String) as string });
    expect(await record('members-again')).toEqual([{ state: 'SUCCEEDED', code: null, count: 2 }]);
    expect(await shown()).toEqual(told);
  });

  it('finds who was imported by the phone number, however it is written, and never shows or logs it', async () => {
    const phoneNumber = '13912340001';
    await mutate('importUserCardByPhone', { brandId, cardId, userCardCode: 'D-1', phoneNumber });
    app.audit.length = 0;
    const { card, text } = await find({ phoneNumber: '+86 139-1234-0001' });
    expect(card).toMatchObject({ userCardCode: 'D-1', userCardState: 'EFFECTIVE' });
    expect(text).not.toContain(phoneNumber);
    expect(app.audit).toMatchObject([
      {
        kind: 'LOOKUP',
        caller: 'key:pii',
        brandId,
        operation: 'Till',
        fields: ['phoneNumber'],
        outcome: 'OK',
      },
    ]);
    expect(JSON.stringify([app.audit, app.intents, app.operations, app.reports, app.calls])).not.toMatch(
      /1391234/,
    );
  });

  it('looks up a phone number for callers with pii only, and a code for readers of the brand', async () => {
    app.audit.length = 0;
    const { card, errors } = await find({ phoneNumber: '13912340001' }, 'read', 'zh');
    expect(card).toBeNull();
    expect(errors[0]).toMatchObject({
      message: '没有权限：按手机号查找需要该品牌的 pii 权限。',
      extensions: { code: 'FORBIDDEN' },
    });
    expect(app.audit).toEqual([]);
    expect((await find({ userCardCode: 'D-1' }, 'other')).data?.brand).toBeNull();
  });

  it('refuses a value of the wrong form without repeating it', async () => {
    for (const by of [{ phoneNumber: '13a1234' }, { userCardCode: '会员 7788' }]) {
      const { errors, text } = await find(by);
      expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
      expect(text).not.toMatch(/13a1234|7788/);
    }
    await read(firstExample.openid);
    const cursor = (await list('(first: 1)')).page?.pageInfo.endCursor ?? '';
    expect(cursor).toMatch(/./);
    expect(
      (await list(`(first: 1, after: "${cursor}", sort: FIRST_SEEN_ASC)`)).errors[0]?.extensions.code,
    ).toBe('BAD_USER_INPUT');
  });

  it('knows the card of an import whose response was lost, and its openid once it passes by', async () => {
    const input = { brandId, cardId, userCardCode: 'D-2', phoneNumber: '13912340002' };
    isLost = true;
    await mutate('importUserCardByPhone', input);
    const { card, errors } = await find({ phoneNumber: input.phoneNumber });
    expect(card).toBeNull();
    expect(errors[0]).toMatchObject({
      message: expect.stringContaining('was imported') as string,
      extensions: { code: 'NOT_FOUND' },
    });
    await read(sandbox.state().userCard(brandId, 'D-2')?.openid ?? '');
    expect((await find({ phoneNumber: input.phoneNumber })).card).toMatchObject({ userCardCode: 'D-2' });
  });

  it('has what was written: the level, the balance, the end of a card', async () => {
    const key = { brandId, cardId, openid: secondExample.openid, userCardCode: secondExample.userCardCode };
    await mutate('updateUserCard', { ...key, level: '钻石' });
    await mutate('syncUserPoints', { ...key, outRequestNo: 'D-points', pointBalance: 4321 });
    const filter = `(filter: { openid: "${key.openid}" })`;
    expect((await list(filter)).page?.nodes).toMatchObject([
      { level: '钻石', pointBalance: 4321, userCardState: 'EFFECTIVE' },
    ]);
    await mutate('invalidateUserCard', { ...key, invalidReason: '注销' });
    expect((await list(filter)).page?.nodes).toMatchObject([
      { pointBalance: 4321, userCardState: 'INVALID' },
    ]);
    expect((await find({ userCardCode: key.userCardCode })).card).toMatchObject({ userCardState: 'INVALID' });
  });

  it('has what a notification tells: a card that its user opened and deleted', async () => {
    // Of a template whose codes WeChat Pay allocates: of others, the notification has none.
    const [template] = sandbox.state().templatesOf(brandId);
    const own = { ...template, card_id: 'p1004-System', code_mode: 'SYSTEM_ALLOCATE' } as NonNullable<
      typeof template
    >;
    sandbox.state().putTemplate(own);
    const opened = sandbox.users.open({ brandId, cardId: own.card_id, route: 'partner' });
    await opened.delivered;
    const code = opened.userCardCode;
    expect((await list(`(filter: { openid: "${opened.openid}" })`)).page?.nodes).toMatchObject([
      { userCardCode: code, userCardState: 'UNACTIVATED', fetchedAt: null },
    ]);
    expect((await find({ userCardCode: code })).card).toMatchObject({ userCardState: 'UNACTIVATED' });
    await sandbox.users.remove({ brandId, userCardCode: code, route: 'partner' }).delivered;
    expect((await list(`(filter: { openid: "${opened.openid}" })`)).page?.nodes).toMatchObject([
      { userCardState: 'INVALID' },
    ]);
    expect((await find({ userCardCode: code })).card).toMatchObject({ userCardState: 'INVALID' });
  });

  it('forgets a member, and what was read before does not come back', async () => {
    const phoneNumber = '13912340003';
    await mutate('importUserCardByPhone', { brandId, cardId, userCardCode: 'D-3', phoneNumber });
    const openid = sandbox.state().userCard(brandId, 'D-3')?.openid ?? '';
    await read(openid);
    app.audit.length = 0;
    app.intents.length = 0;
    const forget = async (by: object, caller: Caller = 'write') => {
      const { data, errors, text } = await app.ask<{ forgetMember: object | null }>(
        'mutation ($input: ForgetMemberInput!) { forgetMember(input: $input) { forgotten userErrors { code field message } } }',
        { input: { brandId, by } },
        known.headers[caller],
      );
      return { payload: data?.forgetMember, code: errors[0]?.extensions.code, text };
    };
    expect((await forget({ phoneNumber }, 'pii')).code).toBe('FORBIDDEN');
    expect((await forget({ phoneNumber: '13a1234' })).payload).toEqual({
      forgotten: null,
      userErrors: [
        {
          code: 'INVALID',
          field: ['input', 'by', 'phoneNumber'],
          message: 'phoneNumber must be a phone number, such as 13812345678.',
        },
      ],
    });
    expect(app.intents).toEqual([]);
    isAuditFull = true;
    const codes = [
      (await forget({ phoneNumber })).code,
      (await find({ phoneNumber })).errors[0]?.extensions.code,
    ];
    isAuditFull = false;
    expect(codes).toEqual(['AUDIT_UNAVAILABLE', 'AUDIT_UNAVAILABLE']);
    app.audit.length = 0;
    const { payload, text } = await forget({ phoneNumber: '139 1234 0003' });
    expect({ payload, text: text.includes('1391234') }).toEqual({
      payload: { forgotten: 1, userErrors: [] },
      text: false,
    });
    expect(app.intents).toMatchObject([{ operation: 'forgetMember', brandId, fields: ['by'] }]);
    expect(app.audit.at(-1)).toMatchObject({
      operation: 'forgetMember',
      outcome: 'OK',
      id: app.intents[0]?.id,
    });
    // From the cache, read before.
    await read(openid);
    expect((await find({ phoneNumber })).card).toBeNull();
    // The audit log names the member as it names the look-up.
    expect(app.audit.at(-1)).toMatchObject({ kind: 'LOOKUP', targetHash: app.intents[0]?.targetHash });
    expect((await list(`(filter: { openid: "${openid}" })`)).page?.nodes).toEqual([]);
    expect((await forget({ openid })).payload).toEqual({ forgotten: 0, userErrors: [] });
  });

  it('gives the whole list in pages', async () => {
    const members = ['00005', '00006', '00007'].map((number) => `o1004-member-${number}`);
    for (const openid of members) await read(openid);
    const codes: string[] = [];
    const openids: string[] = [];
    let after = '';
    let count: number;
    for (;;) {
      const { page } = await list(`(first: 2${after === '' ? '' : `, after: "${after}"`})`);
      count = page?.knownCount ?? 0;
      codes.push(...(page?.nodes ?? []).map(({ userCardCode }) => userCardCode));
      openids.push(...(page?.nodes ?? []).map(({ openid }) => openid));
      after = page?.pageInfo.endCursor ?? '';
      if (page?.pageInfo.hasNextPage !== true) break;
    }
    expect(codes).toHaveLength(count);
    expect(new Set(codes).size).toBe(count);
    expect(openids).toEqual(expect.arrayContaining(members));
  });

  it('says which setting a brand without a directory needs', async () => {
    const { data, errors } = await app.ask(
      '{ brand(brandId: "1002") { findUserCard(by: { userCardCode: "1" }) { openid } knownUserCards { knownCount } } }',
      {},
      { ...known.headers.other, 'accept-language': 'zh' },
    );
    expect(data).toEqual({ brand: { findUserCard: null, knownUserCards: null } });
    expect(errors.map(({ message, extensions }) => [message, extensions.code])).toEqual(
      Array(2).fill([
        '该品牌未启用会员目录。运维人员可通过 database 与 directory 设置启用。',
        'MISCONFIGURED',
      ]),
    );
  });
});
