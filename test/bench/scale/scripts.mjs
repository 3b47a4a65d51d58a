// The store's part alone: the scripts of saturated buckets, as fast as the store runs them, in virtual time.
import net from 'node:net';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { slotsScript } from '../../../dist/traffic/limiter/slots.lua.js';

const hash = createHash('sha1').update(slotsScript).digest('hex');
const callsPerSecond = 5;
const apartMs = 1000 / callsPerSecond;
/** So many calls wait in each bucket: one of each process. */
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

const openConnection = async (port, keys) => {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let batch = '';
  let inBatch = 0;
  let number = 0;
  let tail = '';
  let end = '';
  let answered = () => undefined;
  socket.on('data', (chunk) => {
    tail = (tail + chunk.subarray(-end.length).toString('latin1')).slice(-end.length);
    if (tail === end) answered();
  });
  /** Sends what has been gathered; resolves when all of it has been answered. */
  const flush = () =>
    new Promise((resolve) => {
      const mark = `mark-${(number += 1)}`;
      end = `$${mark.length}\r\n${mark}\r\n`;
      answered = resolve;
      socket.write(batch + command(['ECHO', mark]));
      batch = '';
      inBatch = 0;
    });
  return {
    /** The words of each key's commands, in batches. */
    async forEach(commandsOf) {
      for (const key of keys) {
        batch += commandsOf(['EVALSHA', hash, '1', key]);
        inBatch += 1;
        if (inBatch === 64) await flush();
      }
      if (inBatch > 0) await flush();
    },
    async load() {
      batch = command(['SCRIPT', 'LOAD', slotsScript]);
      await flush();
    },
    close: () => socket.destroy(),
  };
};

/**
 * Keeps `ahead` calls waiting in each of so many buckets. `prime` reserves them; each turn of `run` is one call of each bucket:
 * the confirmation of the next one, and the reservation of another. `run` resolves to the number of calls.
 */
export const openScripts = async ({ url, buckets, connections = 4 }) => {
  const keys = Array.from({ length: buckets }, (_, index) => bucketKey(index));
  const open = await Promise.all(
    Array.from({ length: connections }, (_, connection) =>
      openConnection(
        Number(new URL(url).port),
        keys.filter((_key, index) => index % connections === connection),
      ),
    ),
  );
  await open[0].load();
  const began = Date.now();
  /** Slots in their order. An id is the time of the reservation, or one more than the last id if that is later. */
  const slots = Array.from({ length: ahead }, (_, index) => began + index);
  const reserve = (common, at) =>
    command([...common, 'reserve', ...rule, String(at), '30000', 'burst', '0', '', '', '0']);
  const each = (commandsOf) => Promise.all(open.map((one) => one.forEach(commandsOf)));
  return {
    prime: () => each((common) => reserve(common, began).repeat(ahead)),
    async run(turns) {
      for (let turn = 0; turn < turns; turn += 1) {
        const now = began + (turn + 1) * apartMs;
        slots.push(now);
        const [slot, at] = [String(slots[turn]), String(now - confirmAheadMs)];
        await each(
          (common) =>
            command([...common, 'confirm', ...rule, at, slot, slot, '0', '', 'known']) + reserve(common, now),
        );
      }
      return buckets * turns;
    },
    close() {
      for (const one of open) one.close();
    },
  };
};
