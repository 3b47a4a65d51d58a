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
 * confirm: ARGV[5] the slot, in the store's time, ARGV[6] guard ms
 * strike:  ARGV[5] Retry-After ms or empty
 * postpone: ARGV[5] the slot, ARGV[6] when its call was written, both in the store's time
 * Answers  {granted, waitMs, dueMs, now, state as JSON}
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
  s = { ring = {}, blockedUntil = 0, allowed = full, extraGuardMs = 0, struckAt = 0, strikes = 0,
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

local function indexOf(due)
  local index, least = nil, 10
  for i, slot in ipairs(s.ring) do
    local apart = math.abs(slot - due)
    if apart < least or (index == nil and apart == least) then index, least = i, apart end
  end
  return index
end

local granted = 0
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
    table.insert(s.ring, due)
    while #s.ring > math.max(full, 100) or (#s.ring > full and s.ring[1] < now - window - 200) do
      table.remove(s.ring, 1)
    end
  end
elseif ARGV[1] == 'confirm' then
  from = tonumber(ARGV[5])
  local index = indexOf(from)
  if index == nil then
    if #s.ring > 0 and from < s.ring[1] then granted = 1 end
  else
    granted = 1
    from = s.ring[index]
    if index > s.allowed then
      from = math.max(from, s.ring[index - s.allowed] + window + tonumber(ARGV[6]) + s.extraGuardMs)
    end
    s.ring[index] = from
    table.sort(s.ring)
  end
  due = from
elseif ARGV[1] == 'postpone' then
  local index = indexOf(tonumber(ARGV[5]))
  if index ~= nil then
    s.ring[index] = tonumber(ARGV[6])
    table.sort(s.ring)
  end
else
  local pause = math.max(tonumber(ARGV[5]) or 0, window + 10 + s.extraGuardMs)
  local alreadyPaused = s.blockedUntil > now and s.strikes >= 2
  if now - s.struckAt > 60000 then s.strikes = 1 else s.strikes = s.strikes + 1 end
  s.struckAt = now
  local sent = {}
  for _, slot in ipairs(s.ring) do
    if slot <= now + 10 then table.insert(sent, slot) end
  end
  s.ring = sent
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
if #s.ring == 0 then encoded = string.gsub(encoded, '"ring":{}', '"ring":[]') end
redis.call('SET', KEYS[1], encoded, 'PX', ARGV[3])
return { granted, tostring(from - now), tostring(due - now), tostring(now), encoded }
`;
