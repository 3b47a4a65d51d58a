import type { Progress } from './bulk-client';

const width = 30;

/** One line: a bar, how much is done, how fast, and until when. */
export const progressLine = ({ status, total, done, ratePerSecond, estimatedEndTime }: Progress): string => {
  const share = total === 0 ? 1 : done / total;
  const filled = Math.round(share * width);
  const rate = ratePerSecond === null ? '' : `  ${ratePerSecond.toFixed(1)}/s`;
  const end = estimatedEndTime === null ? '' : `  until ${estimatedEndTime}`;
  return `[${'█'.repeat(filled)}${'░'.repeat(width - filled)}] ${Math.floor(share * 100)} %  ${done}/${total}  ${status}${rate}${end}`;
};

/** What became of the rows. */
export const summary = ({ status, pauseReason, counts }: Progress): string =>
  [
    pauseReason === null ? status : `${status}: ${pauseReason}`,
    ...counts.map(
      ({ state, code, count }) =>
        `  ${String(count).padStart(8)}  ${state}${code === null ? '' : `  ${code}`}`,
    ),
    '',
  ].join('\n');
