// How a cluster divides the buckets: by the slots that Redis itself computes for their keys.
import { createClient } from '@redis/client';
import { startRedis } from '../limits/redis.mjs';
import { bucketKey } from './scripts.mjs';

const slotsOfCluster = 16_384;

/** The share of the buckets that the busiest of so many nodes has, if each has as many slots. */
export const busiestNode = async (buckets, nodes) => {
  const redis = await startRedis(['--cluster-enabled', 'yes']);
  const client = createClient({ url: redis.url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const all = await Promise.all(
      Array.from({ length: buckets }, (_, index) =>
        client.sendCommand(['CLUSTER', 'KEYSLOT', bucketKey(index)]),
      ),
    );
    const counts = Array.from({ length: nodes }, () => 0);
    for (const slot of all) counts[Math.floor((Number(slot) * nodes) / slotsOfCluster)] += 1;
    return Math.max(...counts) / buckets;
  } finally {
    client.destroy();
    await redis.stop();
  }
};
