/** How the sandbox counts calls per second; WeChat Pay does not document its own way. */
export const countings = ['fixed', 'sliding', 'bucket'] as const;
export type Counting = (typeof countings)[number];

export interface Quota {
  /** Counts one call; returns false if it exceeds the limit. A refused call is not counted. */
  admit(bucket: string, limit: number, at: number): boolean;
  setCounting(counting: Counting): void;
}

export const createQuota = (initial: Counting): Quota => {
  let counting = initial;
  const logs = new Map<string, number[]>();
  const windows = new Map<string, { start: number; count: number }>();
  const tokens = new Map<string, { left: number; at: number }>();

  const ways: Readonly<Record<Counting, (bucket: string, limit: number, at: number) => boolean>> = {
    fixed(bucket, limit, at) {
      const start = Math.floor(at / 1000);
      const window = windows.get(bucket);
      const count = window?.start === start ? window.count : 0;
      if (count >= limit) return false;
      windows.set(bucket, { start, count: count + 1 });
      return true;
    },
    sliding(bucket, limit, at) {
      const log = (logs.get(bucket) ?? []).filter((earlier) => earlier > at - 1000);
      logs.set(bucket, log);
      if (log.length >= limit) return false;
      log.push(at);
      return true;
    },
    bucket(name, limit, at) {
      const { left, at: last } = tokens.get(name) ?? { left: limit, at };
      const now = Math.min(limit, left + ((at - last) / 1000) * limit);
      const admitted = now >= 1;
      tokens.set(name, { left: admitted ? now - 1 : now, at });
      return admitted;
    },
  };
  return {
    admit: (bucket, limit, at) => ways[counting](bucket, limit, at),
    setCounting(next) {
      counting = next;
    },
  };
};
