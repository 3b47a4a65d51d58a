import type { StoreCommands } from './link';
import { refusalOf, StoreRefused } from './store-failure';

/**
 * Tries every command that this server gives to Redis, on keys of its own that expire at once. A user may lack the right to a
 * single command, and a full store or a replica refuses those that write: so a store is usable only if all of them run.
 *
 * KEYS[1], KEYS[2]  a string and another type, of one hash tag
 * ARGV[1]           a channel
 * Returns           {commands that the user may not run…}; fails as the store does if it refuses to write
 */
const requiredCommandsScript = `
local refused = {}
local function try(...)
  local reply = redis.pcall(...)
  if type(reply) ~= 'table' or reply.err == nil then return end
  local err = reply.err
  local name = string.upper((...))
  if string.find(err, 'one of the keys', 1, true) then name = 'keys'
  elseif string.find(err, 'one of the channels', 1, true) or string.find(err, 'the channel', 1, true) then name = 'channels'
  elseif not string.find(err, 'NOPERM', 1, true) and not string.find(err, "can't run this command", 1, true)
    and not string.find(err, 'nknown', 1, true) then
    return err
  end
  for _, known in ipairs(refused) do
    if known == name then return end
  end
  refused[#refused + 1] = name
end
local text, other = KEYS[1], KEYS[2]
local wrong = try('SET', text, '1', 'PX', 1000)
if wrong then return redis.error_reply(wrong) end
try('TIME')
try('GET', text)
try('MGET', text)
try('EXISTS', text)
try('PTTL', text)
try('PEXPIRE', text, 1000)
try('GETDEL', text)
try('DEL', other)
try('HSET', other, 'a', '1')
try('HMGET', other, 'a')
redis.pcall('DEL', other)
try('ZADD', other, 1, 'a')
try('ZRANGE', other, 0, -1)
try('ZREM', other, 'a')
redis.pcall('DEL', other)
local created = redis.pcall('XADD', other, 'MAXLEN', '~', 1, '*', 'a', '1')
try('XADD', other, 'MAXLEN', '~', 1, '*', 'a', '1')
try('XRANGE', other, '-', '+', 'COUNT', 1)
try('XREVRANGE', other, '+', '-', 'COUNT', 1)
try('XGROUP', 'CREATE', other, 'a', '0', 'MKSTREAM')
try('XREADGROUP', 'GROUP', 'a', 'a', 'COUNT', 1, 'STREAMS', other, '>')
try('XAUTOCLAIM', other, 'a', 'a', 60000, '0-0', 'COUNT', 1)
if type(created) == 'string' then
  try('XCLAIM', other, 'a', 'a', 60000, created, 'JUSTID')
  try('XACK', other, 'a', created)
  try('XDEL', other, created)
end
redis.pcall('DEL', other)
try('PUBLISH', ARGV[1], '')
return refused
`;

/** Rejects if the store refuses any command that this server needs: with StoreRefused if the user lacks a right. */
export const checkCommands = async (
  commands: Pick<StoreCommands, 'eval' | 'evalSha'>,
  key: (name: string) => string,
): Promise<void> => {
  const names = await Promise.all([
    commands.eval(requiredCommandsScript, {
      keys: [key('check:{check}:text'), key('check:{check}:other')],
      arguments: [key('check')],
    }),
    mayRunByHash(commands, key('check:{check}:text')),
  ]).catch((error: unknown) => {
    throw refusalOf(error) ?? error;
  });
  const refused = names.flat().filter((name) => typeof name === 'string');
  if (refused.length > 0) throw new StoreRefused('NOPERM', refused);
};

/** No script has this hash; who may not run scripts by hash learns even that. */
const mayRunByHash = (commands: Pick<StoreCommands, 'evalSha'>, key: string): Promise<undefined> =>
  commands.evalSha('0'.repeat(40), { keys: [key] }).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return undefined;
      throw error;
    },
  );
