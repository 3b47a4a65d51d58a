import { createPublicKey } from 'node:crypto';
import { startSandbox, type Sandbox } from '../support/sandbox';

/** Every wrong call gets a 400 that lists what is known; nothing is silently ignored. */
describe('the control API', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ membersPerBrand: 4 });
  });
  afterAll(() => sandbox.close());
  afterEach(() => ask('POST', 'reset'));

  const ask = async (method: string, path: string, body?: unknown, text?: string) => {
    const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(`${sandbox.url}/sandbox/${path}`, {
      method,
      ...(sent === undefined ? {} : { body: sent }),
    });
    return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
  };
  const first = () => ({ brandId: '1004', userCardCode: sandbox.example.userCardCode });

  it.each<[string, string, unknown, string]>([
    ['PUT', 'faults', { kind: 'reset' }, 'the body: must be a list'],
    [
      'PUT',
      'faults',
      [{ kind: 'nonsense' }],
      '[0].kind: "nonsense" is not known; known: delay, refused, rateLimited',
    ],
    ['PUT', 'faults', [{}], '[0].kind: is needed'],
    ['PUT', 'faults', [{ kind: 'delay' }], '[0]: changes nothing; needs one of: delayMs, jitterMs'],
    ['PUT', 'limits', {}, 'the body: changes nothing; needs one of: counting, limits'],
    ['POST', 'clock', {}, 'the body: changes nothing; needs one of: at, seconds, minutes, hours, days'],
    ['PUT', 'certificates', { route: 'brand', id: '1004' }, 'changes nothing; needs one of: add, revoke'],
    [
      'PUT',
      'faults',
      [{ kind: 'reset', when: 'later' }],
      '[0].when: "later" is not known; known: before, after',
    ],
    ['PUT', 'faults', [{ kind: 'reset', interface: 'GET_CARD' }], 'known: CREATE_CARD_TEMPLATE,'],
    ['PUT', 'faults', [{ kind: 'reset', dimension: '7' }], 'known: 1004, 1001622624, 1002, 1900000001'],
    ['PUT', 'faults', [{ kind: 'reset', times: 0 }], '[0].times: must be a whole number from 1'],
    ['PUT', 'faults', [{ kind: 'reset', probability: 2 }], '[0].probability: must be a number from 0 to 1'],
    ['PUT', 'faults', [{ kind: 'delay', ms: 5 }], '[0].ms: is not known; known: kind, when, interface'],
    ['PUT', 'faults', [{ kind: 'refused', interface: 'GET_CARD_TEMPLATE' }], 'known: 会员卡模板不存在'],
    ['PUT', 'faults', [{ kind: 'refused', message: '会员卡模板不存在' }], '[0].interface: is needed'],
    ['PUT', 'faults', [{ kind: 'reset', message: '会员卡模板不存在' }], 'for the kind refused only'],
    ['PUT', 'faults', undefined, 'the body: must be a list'],
    ['PUT', 'limits', { counting: 'monthly' }, 'known: fixed, sliding, bucket'],
    ['PUT', 'limits', { limits: { GET: 1 } }, 'limits.GET: is not known; known: CREATE_CARD_TEMPLATE'],
    ['PUT', 'limits', { limits: { GET_USER_CARD: '9' } }, 'limits.GET_USER_CARD: must be a number'],
    ['PUT', 'limits', { limit: {} }, 'limit: is not known; known: counting, limits'],
    ['PUT', 'certificates', { route: 'brand', id: '7' }, 'id: "7" is not known'],
    ['PUT', 'certificates', { route: 'brand', id: '1900000001', revoke: 'x' }, 'no such brand'],
    ['PUT', 'certificates', { route: 'brand' }, 'id: is needed'],
    ['PUT', 'documents', { edition: '2024' }, 'edition: "2024" is not known; known: 2025, 2026'],
    ['POST', 'clock', { days: '1' }, 'days: must be a number'],
    ['POST', 'clock', { at: 'tomorrow' }, 'at: must be a time such as'],
    ['POST', 'clock', { days: 1e9 }, 'within the years 1970 to 9999'],
    ['POST', 'clock', { weeks: 1 }, 'weeks: is not known; known: at, seconds, minutes, hours, days'],
    ['POST', 'users/open', { brandId: '7', cardId: 'x' }, 'brandId: "7" is not known; known: 1004'],
    [
      'POST',
      'users/open',
      { brandId: '1004', cardId: 'x' },
      'cardId: "x" is not known; known: pbLatjvWOibDc5',
    ],
    ['POST', 'users/open', { brandId: '1004' }, 'cardId: is needed'],
    ['POST', 'users/delete', { brandId: '1004' }, 'userCardCode: is needed'],
    ['POST', 'users/delete', { brandId: '1004', userCardCode: '1', points: 1 }, 'points: is not known'],
    ['POST', 'users/exchange-points', { brandId: '1004', userCardCode: '1' }, 'points: is needed'],
    ['POST', 'users/expire', { brandId: '1004', userCardCode: '1', route: 'both' }, 'known: brand, partner'],
    ['PUT', 'deliveries', { url: 'http://10.0.0.1/n' }, 'url: must be a loopback URL'],
    ['PUT', 'deliveries', {}, 'url: is needed'],
    ['POST', 'deliveries/resend', { id: 'x' }, 'there is no notification "x"'],
    ['POST', 'deliveries/resend', undefined, 'there is no notification yet'],
    ['POST', 'reset', {}, 'takes no body'],
    ['DELETE', 'ledger', {}, 'takes no body'],
    ['GET', 'ledger?from=1', undefined, '?from is not known; known: since, interface'],
    ['GET', 'ledger?interface=GET', undefined, '?interface: "GET" is not known'],
    ['GET', 'ledger?since=today', undefined, '?since: must be a number'],
    ['GET', 'provision?brand=1004', undefined, '?brand is not known; this call has no parameters'],
  ])('%s %s %j: %s', async (method, path, body, message) => {
    const answer = await ask(method, path, body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(message);
    // A refused call had no effect.
    expect(sandbox.faults.list()).toEqual([]);
  });

  it('lists its calls for an unknown path, and refuses bodies that are not JSON', async () => {
    expect(await ask('GET', 'nonsense')).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining('POST /sandbox/clock') as string },
    });
    expect(await ask('PUT', 'faults', undefined, '[{')).toEqual({
      status: 400,
      body: { message: 'the body is not JSON' },
    });
  });

  it("returns WeChat Pay's sentence if a card does not exist", async () => {
    expect(await ask('POST', 'users/delete', { brandId: '1004', userCardCode: 'nobody' })).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND', message: '用户会员卡不存在' },
    });
    await ask('POST', 'users/delete', first());
    expect(await ask('POST', 'users/delete', first())).toMatchObject({
      status: 400,
      body: { message: 'the card is INVALID already' },
    });
  });

  it('requires the template if two of them have a card with the code', async () => {
    const state = sandbox.state();
    const card = state.userCard('1004', sandbox.example.userCardCode);
    if (card === undefined) throw new Error('no example');
    state.putUserCard({ ...card, card_id: 'p1004Seed-Template-1', openid: 'o-other' });
    expect(await ask('POST', 'users/delete', first())).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('p1004Seed-Template-1') as string },
    });
    expect(await ask('POST', 'users/delete', { ...first(), cardId: 'p1004Seed-Template-1' })).toMatchObject({
      status: 200,
      body: { openid: 'o-other' },
    });
    expect(state.userCard('1004', sandbox.example.userCardCode, card.card_id)?.user_card_state).toBe(
      'EFFECTIVE',
    );
  });

  it('accepts every documented value', async () => {
    const publicKeyPem = createPublicKey(sandbox.provision.partner.privateKeyPem)
      .export({ type: 'spki', format: 'pem' })
      .toString();
    for (const [method, path, body] of [
      [
        'PUT',
        'faults',
        [{ kind: 'delay', delayMs: 0, jitterMs: 1.5, times: 2, probability: 0.5, dimension: '1004' }],
      ],
      ['PUT', 'limits', { counting: 'fixed', limits: { GET_USER_CARD: 0.5, UPLOAD_IMAGE: null } }],
      ['PUT', 'certificates', { route: 'brand', id: '1004', add: { serial: 'ab', publicKeyPem } }],
      ['PUT', 'certificates', { route: 'partner', id: '1900000001', revoke: 'ab' }],
      ['PUT', 'documents', { edition: '2025' }],
      ['POST', 'clock', { days: 1, hours: -1, minutes: 0.5, seconds: 1 }],
      ['PUT', 'deliveries', { url: 'http://localhost:1/notify' }],
      ['PUT', 'deliveries', { url: null }],
      [
        'POST',
        'users/look-at-points',
        { ...first(), cardId: sandbox.example.cardId, route: 'partner', oldSpelling: true },
      ],
      ['POST', 'users/exchange-points', { ...first(), points: 5 }],
    ] as const)
      expect([path, (await ask(method, path, body)).status]).toEqual([path, 200]);
  });
});
