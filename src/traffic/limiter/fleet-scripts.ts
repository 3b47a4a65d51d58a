/**
 * A heartbeat, and what the store knows of the others.
 *
 * KEYS[1]  the members by last heartbeat
 * KEYS[2]  the members by the size of the fleet that they know
 * ARGV[1]  own id, ARGV[2] the size that this process knows or 0, ARGV[3] ms until vanished, ARGV[4] ms to live of the keys,
 *          ARGV[5] clock time in ms for tests; empty: the store's clock, ARGV[6] how many members are over, then their ids, then
 *          those that the store has lost: id, ms since the heartbeat, size
 * Returns  {now, 1 if the store knew this process, then id, heartbeat and size of each member}
 */
export const beatScript = `
local now = tonumber(ARGV[5])
if now == nil then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local silentSince = now - tonumber(ARGV[3])
local function scoresOf(key)
  local found = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  local scores = {}
  for index = 1, #found, 2 do scores[found[index]] = tonumber(found[index + 1]) end
  return scores
end
local beats = scoresOf(KEYS[1])
local isKnown = beats[ARGV[1]] ~= nil
local function beat(id, at)
  beats[id] = at
  redis.call('ZADD', KEYS[1], at, id)
end
local first = 7 + tonumber(ARGV[6])
for index = 7, first - 1 do
  local id = ARGV[index]
  -- Who has come back meanwhile is not over.
  if beats[id] and beats[id] <= silentSince then
    beats[id] = nil
    redis.call('ZREM', KEYS[1], id)
    redis.call('ZREM', KEYS[2], id)
  end
end
for index = first, #ARGV, 3 do
  local id = ARGV[index]
  if not beats[id] then
    beat(id, math.min(silentSince, now - tonumber(ARGV[index + 1])))
    redis.call('ZADD', KEYS[2], ARGV[index + 2], id)
  end
end
-- Heartbeats from the future are from before the clock was set back; who is alive beats again within a second.
for id, at in pairs(beats) do
  if at > now then beat(id, silentSince) end
end
beat(ARGV[1], now)
local count = 0
for _ in pairs(beats) do count = count + 1 end
-- If this reply is lost, the process goes on with what it knew.
local size = count
if tonumber(ARGV[2]) > 0 then size = math.min(size, tonumber(ARGV[2])) end
redis.call('ZADD', KEYS[2], size, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
local sizes = scoresOf(KEYS[2])
local reply = { tostring(now), isKnown and 1 or 0 }
for id, at in pairs(beats) do
  reply[#reply + 1] = id
  reply[#reply + 1] = tostring(at)
  reply[#reply + 1] = tostring(sizes[id] or count)
end
return reply
`;

/** KEYS as above, ARGV[1] own id. */
export const leaveScript = `
redis.call('ZREM', KEYS[2], ARGV[1])
return redis.call('ZREM', KEYS[1], ARGV[1])
`;

/** Both keys are on one node of a cluster. */
export const fleetKeys: readonly string[] = ['fleet:{fleet}:beats', 'fleet:{fleet}:sizes'];
