/**
 * The rules of slots.ts, run inside Redis: one atomic script per reservation or refusal, by the store's clock. Field by
 * field the same state; test/traffic/limiter/redis-slots.test.ts holds both against each other over random schedules.
 *
 * KEYS[1]  the bucket
 * ARGV[1]  `reserve`, `confirm`, `strike` or `postpone`
 * ARGV[2]  calls per second
 * ARGV[3]  ms to live
 * ARGV[4]  clock time in ms for tests; empty: the store's
 * reserve: ARGV[5] longest wait ms, ARGV[6] `burst` or `pace`, ARGV[7] guard ms, ARGV[8] `cold` from who was without the
 *          store: calls were sent that it does not know, so the bucket counts as full now
 * confirm: ARGV[5] the slot's name, ARGV[6] guard ms, ARGV[7] the slot as it was answered, in the store's time
 * strike:  ARGV[5] Retry-After ms or empty
 * postpone: ARGV[5] the slot's name, ARGV[6] when its call was written, in the store's time
 * Answers  {granted, waitMs, dueMs, now, state as JSON, the slot's name}
 */
export const slotsScript = `
local limit = tonumber(ARGV[2])
local now = tonumber(ARGV[4])
if now == nil then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local window = 1000
if limit < 1 then window = math.ceil(1000 / limit) end
local full = math.max(1, math.floor(limit))

local raw = redis.call('GET', KEYS[1])
local s
if raw then
  s = cjson.decode(raw)
else
  s = { ring = {}, ids = {}, lastId = 0, blockedUntil = 0, allowed = full, extraGuardMs = 0, struckAt = 0, strikes = 0,
        holdUntil = 0, holdMs = 10000, proven = 0 }
end
if ARGV[1] == 'reserve' and ARGV[8] == 'cold' then
  s.blockedUntil = math.max(s.blockedUntil, now + window + tonumber(ARGV[7]))
end

if s.allowed > full then s.allowed = full end
if s.strikes > 0 and now - s.struckAt > 60000 then
  s.strikes = 0
  s.extraGuardMs = 0
end
while s.allowed < full and now >= s.holdUntil do
  s.proven = s.allowed
  s.allowed = s.allowed + 1
  if s.holdUntil == 0 then s.holdUntil = now + 5000 else s.holdUntil = s.holdUntil + 5000 end
end
if s.allowed == full and now >= s.holdUntil then
  s.proven = 0
  s.holdMs = 10000
end

local function indexOf(id)
  for i, own in ipairs(s.ids) do
    if own == id then return i end
  end
end
local function positionOf(at)
  local index = #s.ring + 1
  while index > 1 and s.ring[index - 1] > at do index = index - 1 end
  return index
end
local function place(at, id)
  local index = positionOf(at)
  table.insert(s.ring, index, at)
  table.insert(s.ids, index, id)
end
local function drop(index)
  table.remove(s.ring, index)
  return table.remove(s.ids, index)
end

local granted = 0
local id = 0
local from = now
local due = now
if ARGV[1] == 'reserve' then
  local fullWindow = window + tonumber(ARGV[7]) + s.extraGuardMs
  local count = #s.ring
  local last = -math.huge
  if count > 0 then last = s.ring[count] end
  from = math.max(now, s.blockedUntil, last - 10)
  if count >= s.allowed then from = math.max(from, s.ring[count - s.allowed + 1] + fullWindow) end
  local even = math.floor(fullWindow / s.allowed)
  if ARGV[6] == 'pace' then
    from = math.max(from, last + even)
  elseif from > now then
    local apart = math.min(20, even)
    if from - now > fullWindow + s.allowed * apart then
      from = math.max(from, last + math.floor(even * 0.75))
    else
      from = math.max(from, last + apart)
    end
  end
  due = math.max(from, now + 10)
  if from - now <= tonumber(ARGV[5]) then
    granted = 1
    s.lastId = math.max(s.lastId + 1, now)
    id = s.lastId
    place(due, id)
    while #s.ring > math.max(full, 100) or (#s.ring > full and s.ring[1] < now - window - 200) do
      drop(1)
    end
  end
elseif ARGV[1] == 'confirm' then
  id = tonumber(ARGV[5])
  from = tonumber(ARGV[7])
  local index = indexOf(id)
  if index == nil then
    if #s.ring > 0 and from < s.ring[1] then granted = 1 end
  else
    granted = 1
    from = s.ring[index]
    drop(index)
    while true do
      local position = positionOf(from)
      if position <= s.allowed then break end
      local earliest = s.ring[position - s.allowed] + window + tonumber(ARGV[6]) + s.extraGuardMs
      if from >= earliest then break end
      from = earliest
    end
    place(from, id)
  end
  due = from
elseif ARGV[1] == 'postpone' then
  local index = indexOf(tonumber(ARGV[5]))
  if index ~= nil then place(tonumber(ARGV[6]), drop(index)) end
else
  local pause = math.max(tonumber(ARGV[5]) or 0, window + 10 + s.extraGuardMs)
  local alreadyPaused = s.blockedUntil > now and s.strikes >= 2
  if now - s.struckAt > 60000 then s.strikes = 1 else s.strikes = s.strikes + 1 end
  s.struckAt = now
  while #s.ring > 0 and s.ring[#s.ring] > now + 10 do drop(#s.ring) end
  s.blockedUntil = math.max(s.blockedUntil, now + pause)
  if s.strikes == 1 then
    s.extraGuardMs = math.min(100, s.extraGuardMs + 10)
  elseif not alreadyPaused then
    if s.proven > 0 and s.proven < s.allowed then
      s.holdMs = math.min(40000, s.holdMs * 2)
      s.allowed = s.proven
    else
      s.holdMs = 10000
      s.allowed = math.max(1, math.floor(s.allowed / 2))
    end
    s.holdUntil = now + s.holdMs
  end
end

local encoded = cjson.encode(s)
if #s.ring == 0 then
  encoded = string.gsub(encoded, '"ring":{}', '"ring":[]')
  encoded = string.gsub(encoded, '"ids":{}', '"ids":[]')
end
redis.call('SET', KEYS[1], encoded, 'PX', ARGV[3])
return { granted, tostring(from - now), tostring(due - now), tostring(now), encoded, tostring(id) }
`;
