/** The slot of a Redis cluster in which a key is: CRC16 (XMODEM) of its hash tag, modulo 16 384. */
export const hashSlot = (key: string): number => {
  const [, tag = ''] = /\{([^}]*)\}/.exec(key) ?? [];
  let crc = 0;
  for (const byte of Buffer.from(tag === '' ? key : tag)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ ((crc & 0x8000) === 0 ? 0 : 0x1021)) & 0xffff;
  }
  return crc % 16_384;
};

/** The keys of a command, by its words as MONITOR prints them. */
export const keysOf = ([name = '', ...words]: readonly string[]): readonly string[] => {
  const command = name.toUpperCase();
  if (command === 'EVAL' || command === 'EVALSHA') return words.slice(2, 2 + Number(words[1]));
  if (command === 'MGET' || command === 'DEL' || command === 'EXISTS') return words;
  const streams = words.findIndex((word) => word.toUpperCase() === 'STREAMS') + 1;
  if (command === 'XREADGROUP') return words.slice(streams, streams + (words.length - streams) / 2);
  return withoutKeys.has(command) ? [] : words.slice(command === 'XGROUP' ? 1 : 0).slice(0, 1);
};

const withoutKeys: ReadonlySet<string> = new Set(['HELLO', 'AUTH', 'PING', 'INFO', 'SUBSCRIBE', 'CLIENT']);
