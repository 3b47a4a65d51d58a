import { unknownOutcomeMs, epochLifeMs, openWriteMs } from './write-epochs';

/**
 * The rules of write-epochs.ts, run inside Redis by its clock. Epochs are microseconds of that clock. One subject per key.
 *
 * What the store does not remember is unknown: it may have been evicted. So the store also remembers since when it remembers a
 * subject, and a subject that it does not know is remembered from now on.
 *
 * KEYS[1]  the subject
 * ARGV[1]  `read`, `begin`, `commit`, `abandon`, `doubt` or `raise`
 * ARGV[2]  lowest epoch the write may get, from a process that wrote while the store was unavailable
 * ARGV[3]  commit: the epoch at its begin; raise: ms for which the subject stays unsettled
 * Returns  {epoch, ms until settled, 1 if no other write overlapped the commit, now in µs, since when it is remembered in µs}
 */
export const writeEpochsScript = `
local time = redis.call('TIME')
local us = time[1] * 1000000 + time[2]
local ms = math.floor(us / 1000)
local found = redis.call('HMGET', KEYS[1], 'epoch', 'open', 'openUntil', 'doubtUntil', 'since')
local epoch = tonumber(found[1]) or 0
local open = tonumber(found[2]) or 0
local openUntil = tonumber(found[3]) or 0
local doubtUntil = tonumber(found[4]) or 0
local known = tonumber(found[5])
-- A time ahead is from before the clock was set back.
local since = math.min(known or us, us)
local action = ARGV[1]
local least = tonumber(ARGV[2]) or 0

-- No write is open or in doubt for longer: a time further ahead is from before the clock was set back.
openUntil = math.min(openUntil, ms + ${String(openWriteMs)})
doubtUntil = math.min(doubtUntil, ms + ${String(openWriteMs)})
if ms >= openUntil then open = 0 end
local isNewest = action == 'commit' and epoch <= tonumber(ARGV[3])
-- A write told late may have overlapped one that ended here later than it did: that one's answer may be the older state.
if action == 'begin' or action == 'commit' or action == 'doubt' or action == 'raise' then
  epoch = math.max(epoch + 1, us, least)
end
if action == 'begin' then
  open = open + 1
  openUntil = ms + ${String(openWriteMs)}
elseif action == 'commit' or action == 'abandon' or action == 'doubt' then
  open = math.max(0, open - 1)
end
if action == 'doubt' then doubtUntil = ms + ${String(unknownOutcomeMs)} end
if action == 'raise' then
  doubtUntil = math.max(doubtUntil, ms + tonumber(ARGV[3]))
end

if action ~= 'read' then
  redis.call('HSET', KEYS[1], 'epoch', string.format('%.0f', epoch), 'open', open,
    'openUntil', string.format('%.0f', openUntil), 'doubtUntil', string.format('%.0f', doubtUntil),
    'since', string.format('%.0f', since))
  redis.call('PEXPIRE', KEYS[1], ${String(epochLifeMs)})
elseif known == nil then
  -- A store that is full refuses this; the subject then stays unknown.
  redis.pcall('HSET', KEYS[1], 'since', string.format('%.0f', since))
  redis.pcall('PEXPIRE', KEYS[1], ${String(epochLifeMs)})
elseif redis.call('PTTL', KEYS[1]) < ${String(epochLifeMs / 2)} then
  redis.call('PEXPIRE', KEYS[1], ${String(epochLifeMs)})
end
local until_ = doubtUntil
if open > 0 then until_ = math.max(until_, openUntil) end
local alone = isNewest and known ~= nil and until_ <= ms and 1 or 0
return { string.format('%.0f', epoch), math.max(0, until_ - ms), alone, string.format('%.0f', us),
  string.format('%.0f', since) }
`;

/**
 * The epoch from which on the running servers remember every write: a restart may have lost some, even with persistence.
 * KEYS[1] names the servers' run. Returns the epoch.
 */
export const floorScript = `
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000000 + time[2])
redis.call('SET', KEYS[1], now, 'NX', 'PX', ${String(30 * 24 * 3_600_000)})
return redis.call('GET', KEYS[1])
`;
