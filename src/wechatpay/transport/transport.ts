import { AppError } from '../../shared/errors';
import {
  SlotMissed,
  type Attempt,
  type Host,
  type Reply,
  type ScheduledCall,
  type Send,
} from '../../traffic/calls/call';
import type { SignedAhead, UpstreamRequest } from '../../traffic/calls/upstream-request';
import type { Account } from '../accounts/account';
import type { Accounts } from '../accounts/accounts';
import { attemptSpans, type AttemptSpans } from './attempt-spans';
import { seal } from '../crypto/encryption';
import { isRemote } from '../crypto/private-key';
import type { HttpResponse } from './http-request';
import { createRepeatedAnswers } from './repeated-responses';
import { dataOf, otherAnswer } from './response-data';
import { refusal } from './reply-errors';
import { unknownKeyHint } from './hints';
import type { WechatPayPublicKey } from '../settings';
import { verifyAnswer } from '../crypto/signature';
import { createSignedHttp, type SignedHttpDeps } from './signed-http';
import { defined } from '../../shared/defined';

export interface TransportDeps extends SignedHttpDeps {
  readonly accounts: Accounts;
  /** Called once if a response names an unknown key, to fetch the key of that serial. */
  readonly onUnknownSerial?: (account: Account, serial: string) => Promise<void>;
}

export interface Transport {
  /** One attempt: encrypt → sign → send → verify → parse. */
  readonly send: Send<ScheduledCall>;
  /**
   * Encrypts and signs an attempt whose key is in another process. Returns `former` if that can still be used, and `undefined` if
   * the key is in this process: then `send` signs. Rejects as the key does.
   */
  readonly signAhead: (call: Attempt, former: SignedAhead | undefined) => Promise<SignedAhead> | undefined;
  /** Called shortly before a call to the host is written: opens a connection. */
  readonly prepare: (host: Host) => void;
  /** Resolves when calls under way have finished. */
  close(): Promise<void>;
}

export const createTransport = ({ accounts, onUnknownSerial, ...deps }: TransportDeps): Transport => {
  const { clock, upstreamClock } = deps;
  const http = createSignedHttp(deps);
  const repeated = createRepeatedAnswers();

  const verify = ({ headers, body, status }: HttpResponse, account: Account, { keyIn }: UpstreamRequest) =>
    verifyAnswer({
      headers,
      body,
      now: upstreamClock.now(),
      async keyBySerial(serial) {
        if (keyIn !== undefined)
          return (isRefusal(status) ? undefined : keyIn(body, serial)) ?? account.verifyingKey(serial);
        const known = account.verifyingKey(serial);
        if (known !== undefined || onUnknownSerial === undefined) return known;
        await onUnknownSerial(account, serial);
        return account.verifyingKey(serial);
      },
    });

  const isUsable = ({ signedAt }: SignedAhead): boolean => clock.now() - signedAt < maxSignedMs;

  const signNow = async (call: Attempt, account: Account): Promise<SignedAhead> => {
    const request = call.request();
    const { method, target } = request;
    const written = write(request, account);
    const correctionMs = upstreamClock.correctionMs();
    const from = clock.now();
    const authorization = await http.authorize(account.signer(), {
      method,
      target,
      body: written.body,
      signal: call.signal,
    });
    call.span?.begin('sign', from).end(clock.now(), { outcome: 'ok' });
    return { request, ...written, authorization, correctionMs, signedAt: clock.now() };
  };

  const sendTraced = async (call: ScheduledCall, spans: AttemptSpans | undefined): Promise<Reply> => {
    const { account: identity, host, sendAt, sendBy, signal, signed } = call;
    // The limiter has it signed again, before the next slot.
    if (signed !== undefined && !isUsable(signed)) throw new SlotMissed();
    const account = accounts.get(identity);
    const request = signed?.request ?? call.request();
    const { method, target } = request;
    const correctionMs = signed?.correctionMs ?? upstreamClock.correctionMs();
    const written = signed ?? write(request, account);
    const answer = await http.send(account.signer(), {
      method,
      target,
      body: written.body,
      serial: written.serial,
      authorization: signed?.authorization,
      file: request.file,
      host,
      sendAt,
      sendBy,
      signal,
      onSigned: spans?.signed,
      onWritten(at) {
        spans?.written(at);
        call.onWritten(at);
      },
    });
    const asOf = clock.now();
    const fetchedAt = clock.wallNow();
    upstreamClock.saw(oneOf(answer.headers.date));
    spans?.answered(answer.status);
    const verification = await verify(answer, account, request);
    spans?.verified(verification.genuine);
    const { status, body } = answer;
    const requestId = requestIdOf(answer);
    const refused = isRefusal(status);
    // Who asks for keys may not know the one that signs the refusal.
    const mayCount = refused && request.keyIn !== undefined;
    // A refusal may be unsigned if something in front of WeChat Pay sent it; it then counts as unverified.
    if (!verification.genuine && !mayCount && (verification.signed || !refused))
      throw new AppError('UPSTREAM_SIGNATURE_INVALID', `response discarded: ${verification.reason}`, {
        sent: true,
        upstream: { status, verified: false, ...defined({ requestId }) },
        ...defined({
          hint: verification.unknownKey === true ? unknownKeyHint(identity.route) : undefined,
          repeat: verification.transient === true ? undefined : ('other-host' as const),
        }),
      });
    const signature = oneOf(answer.headers['wechatpay-signature']) ?? '';
    if (verification.genuine && repeated.isRepeated(signature))
      throw otherAnswer(answer, 'it was received before');
    if (refused) {
      const retryAfter = oneOf(answer.headers['retry-after']);
      const error = refusal({
        route: identity.route,
        status,
        body,
        requestId,
        verified: verification.genuine,
        retryAfter,
        values: request.values?.() ?? [],
      });
      if (status !== 401) throw error;
      // This response has just shown that our clock was wrong. Signed again, the request may pass.
      if (Math.abs(upstreamClock.correctionMs() - correctionMs) > clockToleranceMs / 2)
        throw signedLate(error);
      accounts.refused(identity, error.hint);
      throw error;
    }
    accounts.accepted(identity);
    const reply: Reply = {
      ...dataOf(answer, request, call),
      bytes: Buffer.byteLength(body),
      fetchedAt,
      asOf,
      stale: false,
    };
    return { ...reply, ...defined({ requestId }) };
  };

  return {
    signAhead(call, former) {
      const account = accounts.get(call.account);
      if (!isRemote(account.signer().privateKey)) return undefined;
      return former !== undefined && isUsable(former) ? Promise.resolve(former) : signNow(call, account);
    },
    async send(call) {
      if (call.span === undefined) return sendTraced(call, undefined);
      const spans = attemptSpans(call.span, call, clock);
      try {
        return await sendTraced(call, spans);
      } catch (error) {
        spans.failed(error);
        throw error;
      }
    },
    prepare: (host) => {
      http.prepare(host);
    },
    close: () => http.close(),
  };
};

/** 202 means "not processed yet" (status table partner 4012081727). */
const isRefusal = (status: number): boolean => status < 200 || status > 299 || status === 202;

/** The body, and the key id for Wechatpay-Serial: the key that encrypted the body, or else the one to sign the response with. */
const write = ({ sealed, body }: UpstreamRequest, account: Account) => {
  let key: WechatPayPublicKey | undefined = sealed ? account.sealingKey() : undefined;
  const text = body?.((plain) => {
    key ??= account.sealingKey();
    return seal(plain, key.key);
  });
  return { body: text, serial: key?.id ?? account.publicKeyId() };
};

/** WeChat Pay refuses a signature whose time differs more than this from its own (partner 4013059017), ms. */
const clockToleranceMs = 300_000;
/** A signature is used for no longer, ms: it must still be within the tolerance when it arrives. */
const maxSignedMs = 120_000;

/** Not processed, because WeChat Pay checks the signature first. */
const signedLate = (refused: AppError): AppError =>
  new AppError('UPSTREAM_UNAVAILABLE', 'the request was signed with a wrong clock', {
    sent: false,
    cause: refused,
    ...defined({ upstream: refused.upstream, hint: refused.hint }),
  });

const oneOf = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** Of the form <hex>-<number>; anything else is not passed on. */
const requestIdOf = ({ headers }: HttpResponse): string | undefined => {
  const value = oneOf(headers['request-id']);
  return value !== undefined && /^[\w-]{1,128}$/.test(value) ? value : undefined;
};
