// The store's part alone: the scripts of saturated buckets, as fast as the store runs them, in virtual time.
import net from 'node:net';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { slotsScript } from '../../../dist/traffic/limiter/slots.lua.js';

const hash = createHash('sha1').update(slotsScript).digest('hex');
const callsPerSecond = 5;
const apartMs = 1000 / callsPerSecond;
/** As many calls wait in each bucket: one of each process. */
const ahead = 8;
const confirmAheadMs = 30;
const rule = [String(callsPerSecond), '121000'];

const command = (words) => {
  let text = `*${words.length}\r\n`;
  for (const word of words) text += `$${word.length}\r\n${word}\r\n`;
  return text;
};

export const bucketKey = (index) =>
  `wxm:slots2:{brand/${20_000 + Math.floor(index / 3)}/INTERFACE_${index % 3}}`;

/**
 * Keeps `ahead` calls waiting in each of so many buckets, for so many calls of each: the confirmation of the next one, and the
 * reservation of another. Resolves to the number of calls.
 */
export const runScripts = async ({ url, buckets, turns, connections = 4 }) => {
  const { port } = new URL(url);
  const began = Date.now();
  const share = Math.ceil(buckets / connections);
  await Promise.all(
    Array.from({ length: connections }, async (_, connection) => {
      const socket = net.connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
      await once(socket, 'connect');
      const until = async (mark) => {
        const end = `$${mark.length}\r\n${mark}\r\n`;
        for (;;) {
          const [chunk] = await once(socket, 'data');
          if (chunk.subarray(-end.length).toString('latin1') === end) return;
        }
      };
      socket.write(command(['SCRIPT', 'LOAD', slotsScript]) + command(['ECHO', 'loaded']));
      await until('loaded');
      const keys = Array.from({ length: share }, (_, index) => connection * share + index)
        .filter((index) => index < buckets)
        .map(bucketKey);
      let batch = '';
      let inBatch = 0;
      let number = 0;
      const flush = async () => {
        const mark = `mark-${connection}-${(number += 1)}`;
        socket.write(batch + command(['ECHO', mark]));
        batch = '';
        inBatch = 0;
        await until(mark);
      };
      /** Slots by their order. An id is the time of the reservation, or one more than the last id if that is later. */
      const slots = Array.from({ length: ahead }, (_, index) => began + index);
      for (let turn = 0; turn < turns; turn += 1) {
        const now = began + (turn + 1) * apartMs;
        slots.push(now);
        const [slot, at] = [String(slots[turn]), String(now - confirmAheadMs)];
        for (const key of keys) {
          const common = ['EVALSHA', hash, '1', key];
          const reserve = (time) =>
            command([...common, 'reserve', ...rule, String(time), '30000', 'burst', '0', '', '', '0']);
          if (turn === 0) batch += reserve(began).repeat(ahead);
          batch += command([...common, 'confirm', ...rule, at, slot, slot, '0']) + reserve(now);
          inBatch += 1;
          if (inBatch === 64) await flush();
        }
      }
      if (inBatch > 0) await flush();
      socket.destroy();
    }),
  );
  return buckets * turns;
};
