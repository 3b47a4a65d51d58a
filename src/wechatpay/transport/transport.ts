import { AppError } from '../../shared/errors';
import type { Call, Host, Reply, Send, UpstreamRequest } from '../../traffic/calls/call';
import type { Account, Accounts } from '../accounts/accounts';
import { seal } from '../crypto/encryption';
import { jsonOf, type HttpResponse } from './http-request';
import { createRepeatedAnswers } from './repeated-responses';
import { refusal } from './reply-errors';
import type { WechatPayPublicKey } from '../settings';
import { verifyAnswer } from '../crypto/signature';
import { createSignedHttp, type SignedHttpDeps } from './signed-http';

export interface TransportDeps extends SignedHttpDeps {
  readonly accounts: Accounts;
  /** Called once when an answer names a key that is not known; whoever can, fetches it. */
  readonly onUnknownSerial?: (account: Account) => Promise<void>;
}

export interface Transport {
  /** One attempt: seal → sign → send → verify → parse. */
  readonly send: Send;
  /** A call to the host will be written in a moment: a connection is made ready. */
  readonly prepare: (host: Host) => void;
  /** Lets what is under way finish. */
  close(): Promise<void>;
}

export const createTransport = ({ accounts, onUnknownSerial, ...deps }: TransportDeps): Transport => {
  const { clock, upstreamClock } = deps;
  const http = createSignedHttp(deps);
  const repeated = createRepeatedAnswers();

  const verify = ({ headers, body }: HttpResponse, account: Account) =>
    verifyAnswer({
      headers,
      body,
      now: upstreamClock.now(),
      async keyBySerial(serial) {
        const known = account.verifyingKey(serial);
        if (known !== undefined || onUnknownSerial === undefined) return known;
        await onUnknownSerial(account);
        return account.verifyingKey(serial);
      },
    });

  return {
    async send(call) {
      const { account: identity, request: requestOf, host, sendAt, sendBy, signal, onWritten } = call;
      const account = accounts.get(identity);
      const request = requestOf();
      const { method, target } = request;
      const correctionMs = upstreamClock.correctionMs();
      const written = write(request, account);
      const answer = await http.send(account.signer(), {
        method,
        target,
        ...written,
        file: request.file,
        host,
        sendAt,
        sendBy,
        signal,
        onWritten,
      });
      const asOf = clock.now();
      const fetchedAt = clock.wallNow();
      upstreamClock.saw(oneOf(answer.headers.date));
      const verification = await verify(answer, account);
      const { status, body } = answer;
      const requestId = requestIdOf(answer);
      // 202 stands for "not processed yet" (status table partner 4012081727).
      const refused = status < 200 || status > 299 || status === 202;
      // A refusal may come unsigned, from before or beside WeChat Pay's signer; then it proves little, and says so.
      if (!verification.genuine && (verification.signed || !refused))
        throw new AppError('UPSTREAM_SIGNATURE_INVALID', `an answer was discarded: ${verification.reason}`, {
          sent: true,
          upstream: { status, verified: false, ...named(requestId) },
        });
      const signature = oneOf(answer.headers['wechatpay-signature']) ?? '';
      if (verification.genuine && repeated.isRepeated(signature))
        throw otherAnswer(answer, 'it was given as an answer before');
      if (refused) {
        const retryAfter = oneOf(answer.headers['retry-after']);
        const error = refusal({ status, body, requestId, verified: verification.genuine, retryAfter });
        if (status !== 401) throw error;
        // Signed by a clock that was wrong, and is known to be since this answer: signed again, it may pass.
        if (Math.abs(upstreamClock.correctionMs() - correctionMs) > clockToleranceMs / 2)
          throw signedLate(error);
        accounts.refused(identity);
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
      return { ...reply, ...named(requestId) };
    },
    prepare: (host) => {
      http.prepare(host);
    },
    close: () => http.close(),
  };
};

/** What the verified answer to this very request says. */
const dataOf = (
  answer: HttpResponse,
  { correspond }: UpstreamRequest,
  { idempotency }: Call,
): Pick<Reply, 'data' | 'otherBrandId'> => {
  const data = idempotency === 'read' ? jsonOf(answer) : legible(answer);
  const found = correspond?.(data) ?? { data };
  if ('differs' in found) throw otherAnswer(answer, `its ${found.differs} is not the one that was asked for`);
  return found;
};

/** A write is done by WeChat Pay's signed word, whether its answer can be read or not. */
const legible = (answer: HttpResponse): unknown => {
  try {
    return jsonOf(answer);
  } catch {
    return undefined;
  }
};

/**
 * An answer that came in the place of this request's own, which then comes in the place of the next one's: nothing on the
 * connection is to be believed. Without facts of the upstream, since it has not answered.
 */
const otherAnswer = (answer: HttpResponse, reason: string): AppError => {
  answer.drop();
  return new AppError('UPSTREAM_MALFORMED', `an answer was discarded: ${reason}`, {
    sent: true,
    publicMessage: [
      "WeChat Pay's answer did not belong to the request and was discarded.",
      '微信支付的应答与请求不符，已丢弃。',
    ],
  });
};

/** The body, and the key to name in Wechatpay-Serial: the one that sealed it, or else the one to answer with. */
const write = ({ sealed, body }: UpstreamRequest, account: Account) => {
  let key: WechatPayPublicKey | undefined = sealed ? account.sealingKey() : undefined;
  const text = body?.((plain) => {
    key ??= account.sealingKey();
    return seal(plain, key.key);
  });
  return { body: text, serial: key?.id ?? account.publicKeyId() };
};

/** WeChat Pay refuses a signature that is dated further from its own time (partner 4013059017), ms. */
const clockToleranceMs = 300_000;

/** Not processed: a signature is checked before anything else. */
const signedLate = (refused: AppError): AppError =>
  new AppError('UPSTREAM_UNAVAILABLE', 'signed by a clock that was wrong', {
    sent: false,
    cause: refused,
    ...(refused.upstream === undefined ? {} : { upstream: refused.upstream }),
  });

const oneOf = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** Of the form <hex>-<number>; anything else in its place is not passed on. */
const requestIdOf = ({ headers }: HttpResponse): string | undefined => {
  const value = oneOf(headers['request-id']);
  return value !== undefined && /^[\w-]{1,128}$/.test(value) ? value : undefined;
};

const named = (requestId: string | undefined) => (requestId === undefined ? {} : { requestId });
