import { createApp, type App } from '../../src/app/app';
import { createLog } from '../../src/cli/log';
import { demoConfig } from '../../src/cli/demo';
import { noTrustedDocuments } from '../../src/config/trusted-documents';
import { startSandbox, type Sandbox } from '../support/sandbox';
import { AppError } from '../../src/shared/errors';
import { systemClock } from '../../src/shared/clock';
import { anAuditEvent, anIntent } from '../support/audit';
import { fakeClock } from '../support/fake-clock';

type Line = Readonly<Record<string, unknown>>;

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('the log', () => {
  const lines: string[] = [];
  const log = createLog((line) => lines.push(line));
  beforeEach(() => {
    lines.length = 0;
  });
  const parsed = (): readonly Line[] => lines.map((line) => JSON.parse(line) as Line);

  it('does not say that a changed setting is in use while it waits for a restart', () => {
    log.reloaded(['limits'], []);
    log.reloaded(['limits'], ['queryLimits']);
    const [inUse, waiting] = parsed();
    expect(inUse).toMatchObject({ level: 30, event: 'config.applied', applied: ['limits'] });
    expect(waiting).toMatchObject({ level: 40, event: 'config.waiting', atNextStart: ['queryLimits'] });
    expect(waiting?.msg).toMatch(/except .*atNextStart/);
  });

  it('writes no field that was not chosen', () => {
    const canary = { phoneNumber: '13812345678', authorization: 'WECHATPAY2-SHA256 CANARY' };
    const call = {
      interface: 'GET_USER_CARD',
      brandId: '1004',
      caller: 'key:till',
      route: 'brand' as const,
      lane: 'interactive' as const,
      durationMs: 12.3,
    };
    log.observeCall({ ...call, outcome: 'UPSTREAM_RATE_LIMITED', ...canary });
    log.observeAttempt({ ...call, host: 'main', attempt: 1, outcome: 'ok', requestId: '08F7-0', ...canary });
    log.observeOperation({
      caller: 'key:till',
      type: 'query',
      rootFields: ['userCard'],
      outcome: 'ok',
      codes: [],
      durationMs: 3,
      upstreamCalls: 1,
      cachedCalls: 0,
      traceId,
      spanId: '00f067aa0ba902b7',
      ...canary,
    });
    log.audit({
      at: 1,
      kind: 'DECRYPTION',
      caller: 'till-7',
      brandId: '1004',
      operation: 'userCard',
      targetHash: 'abc',
      targetKey: 'k1',
      fields: ['phoneNumber'],
      outcome: 'OK',
      requestIds: [],
      ...canary,
    });
    const delivery = { outcome: 'refused', code: 'MISCONFIGURED', detail: 'why', tookMs: 1.4 } as const;
    log.observeNotification({ ...delivery, ...canary });
    log.observeConfirm({ brandId: '1004', outcome: 'refused', code: 'UPSTREAM_REJECTED', ...canary });
    log.observeRefusals({ route: '/graphql', kind: 'rateLimited', caller: 'key:till', count: 3, ...canary });
    log.reportError({ errorId: 'e1', error: Object.assign(new Error('CANARY 13812345678'), canary) });
    log.reportError({
      errorId: 'e2',
      error: new AppError('MISCONFIGURED', 'a key is missing', { cause: canary }),
    });
    log.reportError({ errorId: 'e3', error: canary });
    expect(lines).toHaveLength(10);
    expect(lines.join('')).not.toMatch(/CANARY|138123/);
    expect(parsed().map(({ msg }) => msg)).toEqual([
      'a call failed',
      'upstream call',
      'operation',
      'audit',
      'notification',
      'opening of a card',
      'requests refused',
      'an operation failed',
      'an operation failed',
      'an operation failed',
    ]);
  });

  it('names the caller of an operation, of its calls, and of refused requests', () => {
    const call = {
      interface: 'GET_USER_CARD',
      brandId: '1004',
      caller: 'key:till',
      route: 'brand' as const,
      lane: 'interactive' as const,
      durationMs: 1,
    };
    log.observeCall({ ...call, outcome: 'UPSTREAM_UNAVAILABLE' });
    log.observeAttempt({ ...call, host: 'main', attempt: 1, outcome: 'ok' });
    log.observeOperation({
      caller: 'key:till',
      type: 'query',
      rootFields: [],
      outcome: 'ok',
      codes: [],
      durationMs: 1,
      upstreamCalls: 0,
      cachedCalls: 0,
      traceId,
      spanId: '00f067aa0ba902b7',
    });
    log.observeRefusals({ route: '/images', kind: 'forbidden', caller: 'key:till', count: 1 });
    expect(parsed().map(({ msg, caller }) => [msg, caller])).toEqual(
      ['a call failed', 'upstream call', 'operation', 'requests refused'].map((msg) => [msg, 'key:till']),
    );
  });

  it('has a line for each intent and one for its outcome, with the same id', () => {
    log.audit(anIntent());
    log.audit(anAuditEvent({ id: 'i1' }));
    expect(parsed()).toMatchObject([
      { msg: 'audit', kind: 'INTENT', id: 'i1', operation: 'updateUserCard', targetHash: 'abc' },
      { msg: 'audit', kind: 'MUTATION', id: 'i1', outcome: 'OK' },
    ]);
  });

  it('logs the results of deliveries and openings, at a higher level if an operator must act', () => {
    const [info, warn] = [30, 40];
    log.observeNotification({
      outcome: 'new',
      kind: 'USER_CARD_CREATE',
      route: 'brand',
      brandId: '1004',
      tookMs: 3,
    });
    log.observeNotification({ outcome: 'replayed', kind: 'USER_CARD_CREATE', tookMs: 2.6 });
    log.observeConfirm({ brandId: '1004', outcome: 'later', code: 'OUTCOME_UNKNOWN' });
    expect(parsed().map(({ time: _, ...line }) => line)).toEqual([
      {
        level: info,
        event: 'notification.received',
        outcome: 'new',
        kind: 'USER_CARD_CREATE',
        route: 'brand',
        brandId: '1004',
        tookMs: 3,
        msg: 'notification',
      },
      {
        level: warn,
        event: 'notification.replayed',
        outcome: 'replayed',
        kind: 'USER_CARD_CREATE',
        tookMs: 3,
        msg: 'notification',
      },
      {
        level: warn,
        event: 'opening.delayed',
        brandId: '1004',
        outcome: 'later',
        code: 'OUTCOME_UNKNOWN',
        msg: 'opening of a card',
      },
    ]);
  });

  it('has one line a minute for notifications that are refused for the same reason', async () => {
    const clock = fakeClock();
    const own = createLog((line) => lines.push(line), clock);
    const forged = {
      outcome: 'refused',
      code: 'UPSTREAM_SIGNATURE_INVALID',
      detail: 'why',
      tookMs: 1,
    } as const;
    for (let times = 0; times < 500; times += 1) own.observeNotification({ ...forged, tookMs: times });
    own.observeNotification({ ...forged, detail: 'another reason' });
    own.observeNotification({ outcome: 'new', kind: 'USER_CARD_CREATE', tookMs: 1 });
    expect(parsed().map(({ detail, outcome, count }) => [outcome, detail, count])).toEqual([
      ['refused', 'why', undefined],
      ['refused', 'another reason', undefined],
      ['new', undefined, undefined],
    ]);
    lines.length = 0;
    await clock.advance(60_000);
    expect(parsed()).toMatchObject([{ level: 50, detail: 'why', count: 499 }]);
  });

  it('does not log a call twice', () => {
    const call = {
      interface: 'GET_USER_CARD',
      caller: 'key:till',
      brandId: '1004',
      route: 'brand' as const,
      lane: 'interactive' as const,
      durationMs: 1,
    };
    log.observeCall({ ...call, outcome: 'ok' });
    log.observeCall({ ...call, outcome: 'stale' });
    log.observeCall({ ...call, outcome: 'NOT_FOUND', requestId: '08F7-1' });
    expect(lines).toEqual([]);
  });

  describe('of a running server', () => {
    let sandbox: Sandbox;
    let app: App;
    let url: string;
    beforeAll(async () => {
      sandbox = await startSandbox({ membersPerBrand: 10 });
      // The demo logs each document that is not one of its own, too.
      const config = { ...demoConfig(sandbox, 0), trustedDocuments: noTrustedDocuments };
      app = await createApp({ config, clock: systemClock, ...log });
      url = `http://127.0.0.1:${await app.start()}/graphql`;
    });
    afterAll(async () => {
      await app.stop();
      await sandbox.close();
    });
    const ask = async (query: string, headers: Readonly<Record<string, string>> = {}) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query }),
      });
      return (await response.json()) as { data: Line | null };
    };

    it("has one line per operation and one per upstream call, in the caller's trace, with the Request-ID", async () => {
      const { cardId, openid, userCardCode } = sandbox.example;
      await ask(
        `query Card { userCard(by: { key: { brandId: "1004", cardId: "${cardId}", openid: "${openid}", userCardCode: "${userCardCode}" } }, maxAgeSeconds: 0) { phoneNumber cardTemplate { cardTitle } } }`,
        { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
      );
      // The opened phone number has a line of its own, in place of an audit directory.
      expect(parsed().filter(({ msg }) => msg === 'audit')).toHaveLength(1);
      const all = parsed().filter(({ msg }) => msg !== 'audit');
      expect(all.map(({ msg }) => msg).sort()).toEqual(['operation', 'upstream call', 'upstream call']);
      expect(all.map(({ trace_id: id }) => id)).toEqual([traceId, traceId, traceId]);
      expect(all.at(-1)).toMatchObject({
        msg: 'operation',
        operation: 'Card',
        rootFields: ['userCard'],
        outcome: 'ok',
        upstreamCalls: 2,
        parent_span_id: '00f067aa0ba902b7',
      });
      for (const line of all.slice(0, 2))
        expect(line).toMatchObject({
          outcome: 'ok',
          attempt: 1,
          requestId: expect.stringMatching(/^[0-9A-F]{32}-0$/) as string,
        });
    });

    it('has a line for an operation that was refused before it ran', async () => {
      // Others may have been refused for the same reason within this minute.
      await log.written();
      lines.length = 0;
      await ask('{ nothingOfThat }');
      await log.written();
      expect(parsed()).toEqual([
        expect.objectContaining({
          msg: 'operation',
          outcome: 'failed',
          codes: ['GRAPHQL_VALIDATION_FAILED'],
        }),
      ]);
    });

    it('contains no data of a member, no key and no token', async () => {
      const { cardId, openid, userCardCode } = sandbox.example;
      const card = (code: string) =>
        `userCard(by: { key: { brandId: "1004", cardId: "${cardId}", openid: "${openid}", userCardCode: "${code}" } }, maxAgeSeconds: 0) { phoneNumber userInformation { commonFieldList { value } } }`;
      const answer = JSON.stringify(
        await ask(`query q13812345678 { ${card(userCardCode)} }`, { authorization: 'Bearer CANARY' }),
      );
      const [phone = 'none'] = /1[3-9]\d{9}/.exec(answer) ?? [];
      expect(answer).toContain(phone);
      sandbox.faults.set([{ kind: 'badSignature' }]);
      await ask(`{ ${card('13812345679')} }`);
      sandbox.faults.set([{ kind: 'systemError' }]);
      await ask(`{ ${card('13812345680')} }`);
      sandbox.faults.set([]);
      await ask(`{ ${card('"')} }`);
      await ask(`{ c13812345678: ${card('13812345681')} x13812345678 }`);
      const { provision } = sandbox;
      const secrets = [
        phone,
        openid,
        userCardCode,
        '138123456',
        'CANARY',
        provision.partner.apiV3Key,
        'PRIVATE KEY',
        'signature=',
      ];
      const text = lines.join('');
      expect(lines.length).toBeGreaterThan(5);
      expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    });
  });
});
