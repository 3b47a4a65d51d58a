import { AppError } from '../../shared/errors';
import type { Bucket } from '../calls/call';

/** Refusals of this server before anything was sent. The code says what was lacking: the limit's calls, or this process's means. */

export const noSlot = ({ id }: Bucket, retryAfterMs: number): AppError =>
  new AppError('UPSTREAM_RATE_LIMITED', `no free slot in bucket ${id} before the deadline`, {
    retryAfterMs: Math.ceil(retryAfterMs),
  });

/** The limit would allow all the calls that wait, but this process cannot hold them. */
export const tooManyWaiting = (
  { id }: Bucket,
  { waiting, waitMs }: { readonly waiting: number; readonly waitMs: number },
): AppError =>
  new AppError('UPSTREAM_BUSY', `${waiting} calls wait in bucket ${id} already`, {
    retryAfterMs: Math.ceil(waitMs),
  });

/** Nobody knows when an exchange ends; most end within this, ms. */
const exchangeMs = 1_000;

export const noConnection = (brandId: string): AppError =>
  new AppError(
    'UPSTREAM_BUSY',
    `no connection was free before the deadline: too many calls of ${brandId === '' ? 'the server itself' : `brand ${brandId}`} are under way`,
    {
      retryAfterMs: exchangeMs,
      hint: [
        'WeChat Pay answers slowly, or the brand makes more calls at a time than connections.maxPerBrand allows.',
        '微信支付应答缓慢，或该品牌同时进行的调用超过 connections.maxPerBrand。',
      ],
    },
  );
