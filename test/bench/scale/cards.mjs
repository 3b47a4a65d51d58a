// What Redis holds of a card: an instance reads cards, and Redis tells how much memory the keys take.
import { fleet } from '../limits/fleet.mjs';
import { brandId } from '../limits/measure.mjs';
import { stopProcesses } from '../limits/processes.mjs';

const fast = 10_000;

/** Bytes of the keys by their kind, and how many of them there are for each card. */
export const cardSizes = async (cards) => {
  try {
    return await fleet(
      {
        instances: 1,
        warm: false,
        standIn: { membersPerBrand: cards },
        instance: () => ({ limits: { GET_USER_CARD: { brand: fast } } }),
      },
      async ({ redis, standIn, workers: [worker] }) => {
        await standIn.limit({ GET_USER_CARD: fast });
        await worker.run('burst', { brandId, from: 0, count: cards, timeoutMs: 120_000 });
        const kinds = new Map();
        for (const key of await redis.command('KEYS', 'wxm:*')) {
          const kind = String(key).split(':')[1];
          const known = kinds.get(kind) ?? { kind, count: 0, bytes: 0 };
          known.count += 1;
          known.bytes += Number(await redis.command('MEMORY', 'USAGE', String(key)));
          kinds.set(kind, known);
        }
        const read = kinds.get('entry').count;
        return [...kinds.values()].map(({ kind, count, bytes }) => ({
          kind,
          perCard: (count / read).toFixed(2),
          bytes: (bytes / count).toFixed(0),
        }));
      },
    );
  } finally {
    await stopProcesses();
  }
};
