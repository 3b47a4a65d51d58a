import { rules } from './bucket-state';
import { learnTrips, noTrips } from './round-trips.lua';

const numbers = Object.entries(rules)
  .map(([name, value]) => `local ${name} = ${String(value)}`)
  .join('\n');

/**
 * The rules of slots.ts, bucket-state.ts and adaptive-rate.ts, run inside Redis: one atomic script per action, timed by the
 * store's clock. The state has the same fields. test/traffic/limiter/redis-slots.test.ts compares both engines over random
 * schedules.
 *
 * KEYS[1]  the bucket
 * ARGV[1]  `reserve`, `confirm`, `settle` or `penalise`
 * ARGV[2]  calls per second
 * ARGV[3]  ms to live
 * ARGV[4]  clock time in ms for tests; empty: the store's clock
 * ARGV[9]  `cold` from a process that sent calls without the store, so that the bucket counts as full now; `known` from one that
 *          has a slot in the bucket or used it lately: a store that does not know the bucket has then lost its data
 * reserve:  ARGV[5] longest wait ms, ARGV[6] `burst` or `pace`, ARGV[7] presumed lateness ms, ARGV[8] `open` or empty, ARGV[10]
 *           calls per window that are left to processes outside the store
 * confirm:  ARGV[5] the slot's id, ARGV[6] the slot as it was granted, in the store's time, ARGV[7] as ARGV[10] above
 * settle:   ARGV[5] the slot's id, ARGV[6] the latest time of arrival in the store's time, or empty; ARGV[7] `open` or empty
 * penalise: ARGV[5] Retry-After ms or empty
 * ARGV[11] round trips that the caller has seen since it last asked, whole ms separated by spaces
 * Returns   {granted, waitMs, dueMs, now, state as JSON, the slot's id}
 */
export const slotsScript = `
${numbers}
local limit = tonumber(ARGV[2])
local now = tonumber(ARGV[4])
if now == nil then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local window = windowMs
if limit < 1 then window = math.ceil(windowMs / limit) end
local full = math.max(1, math.floor(limit))

local raw = redis.call('GET', KEYS[1])
local s
if raw then
  s = cjson.decode(raw)
  -- Written by an older version.
  if s.firstId == nil then s.firstId = 0 end
  if s.trips == nil then s.trips = ${noTrips} end
else
  s = { slots = {}, lastId = 0, firstId = -1, seenAt = 0, blockedUntil = 0, allowed = full, extraGuardMs = 0, refusedAt = 0, refusals = 0,
        holdUntil = 0, holdMs = firstHoldMs, proven = 0,
        trips = ${noTrips} }
end

local function comesAfter(a, b)
  if a.arrivesBy == b.arrivesBy then return a.id > b.id end
  return a.arrivesBy > b.arrivesBy
end
local function place(slot)
  local position = #s.slots + 1
  while position > 1 and comesAfter(s.slots[position - 1], slot) do position = position - 1 end
  table.insert(s.slots, position, slot)
end
local function withdraw(id)
  for index = #s.slots, 1, -1 do
    if s.slots[index].id == id then return table.remove(s.slots, index) end
  end
end
local function keep(condition)
  local kept = {}
  for _, slot in ipairs(s.slots) do
    if condition(slot) then kept[#kept + 1] = slot end
  end
  s.slots = kept
end
local function lastAt()
  local last = -math.huge
  for index = #s.slots, 1, -1 do
    if s.slots[index].arrivesBy <= last then break end
    last = math.max(last, s.slots[index].at)
  end
  return last
end

-- followClock
local back = math.max(0, s.seenAt - now)
s.seenAt = now
if back > 0 then
  for _, slot in ipairs(s.slots) do
    slot.at = slot.at - back
    slot.arrivesBy = slot.arrivesBy - back
  end
  s.blockedUntil = math.max(0, s.blockedUntil - back)
  s.refusedAt = math.max(0, s.refusedAt - back)
  s.holdUntil = math.max(0, s.holdUntil - back)
  s.trips.firstAt = s.trips.firstAt - back
end
keep(function(slot) return slot.arrivesBy <= now + maxAheadMs end)
if s.blockedUntil > now + maxAheadMs then s.blockedUntil = 0 end
if s.holdUntil > now + maxHoldMs then s.holdUntil = now end

-- passTime
if s.firstId < 0 then s.firstId = now end
local open = {}
for _, slot in ipairs(s.slots) do
  if slot.open then open[#open + 1] = slot end
end
for _, slot in ipairs(open) do
  local arrivesBy = math.max(slot.arrivesBy, math.min(now, slot.at + maxTransitMs))
  if arrivesBy ~= slot.arrivesBy then
    withdraw(slot.id)
    slot.arrivesBy = arrivesBy
    place(slot)
  end
end
local past = now - window - guardMs - maxExtraGuardMs
keep(function(slot) return slot.arrivesBy > past end)

${learnTrips}
local function recover()
  if s.allowed > full then s.allowed = full end
  if s.refusals > 0 and now - s.refusedAt > refusalMemoryMs then
    s.refusals = 0
    s.extraGuardMs = 0
  end
  while s.allowed < full and now >= s.holdUntil do
    s.proven = s.allowed
    s.allowed = s.allowed + 1
    if s.holdUntil == 0 then s.holdUntil = now + stepMs else s.holdUntil = s.holdUntil + stepMs end
  end
  if s.allowed == full and now >= s.holdUntil then
    s.proven = 0
    s.holdMs = firstHoldMs
  end
end
local function allowedWith(heldBack)
  return math.max(1, math.min(s.allowed, full - (tonumber(heldBack) or 0)))
end
local function arrivalOfNth(slots, allowed)
  local nth = slots[#slots - allowed + 1]
  if nth == nil then return -math.huge end
  return nth.arrivesBy
end

local granted = 0
local id = 0
local from = now
local due = now
local fullWindow = window + guardMs + s.extraGuardMs
if ARGV[9] == 'cold' or (ARGV[9] == 'known' and not raw) then
  s.blockedUntil = math.max(s.blockedUntil, now + window + guardMs + unknownMs)
end
if ARGV[1] == 'reserve' then
  recover()
  fullWindow = window + guardMs + s.extraGuardMs
  local last = lastAt()
  local allowed = allowedWith(ARGV[10])
  local even = math.floor(fullWindow / allowed)
  from = math.max(now, s.blockedUntil, last - leadMs, arrivalOfNth(s.slots, allowed) + fullWindow)
  if ARGV[6] == 'pace' then
    from = math.max(from, last + even)
  elseif from > now then
    local apart = math.min(apartMs, even)
    if from - now > fullWindow + allowed * apart then
      from = math.max(from, last + math.floor(even * backlogPace))
    else
      from = math.max(from, last + apart)
    end
  end
  due = math.max(from, now + leadMs)
  if from - now <= tonumber(ARGV[5]) and #s.slots < math.max(minKept, keptWindows * full) then
    granted = 1
    s.lastId = math.max(s.lastId + 1, now)
    id = s.lastId
    place({ id = id, at = due, arrivesBy = due + tonumber(ARGV[7]), open = ARGV[8] == 'open' })
  end
elseif ARGV[1] == 'confirm' then
  id = tonumber(ARGV[5])
  from = tonumber(ARGV[6])
  local own = withdraw(id)
  if own == nil then
    if #s.slots > 0 and id >= s.firstId then granted = 1 end
    for _, slot in ipairs(s.slots) do
      if slot.at <= from then granted = 0 end
    end
  else
    granted = 1
    from = own.at
    local allowed = allowedWith(ARGV[7])
    while true do
      local before = {}
      for _, slot in ipairs(s.slots) do
        if slot.at < from or (slot.at == from and slot.id < id) then before[#before + 1] = slot end
      end
      local earliest = arrivalOfNth(before, allowed) + fullWindow
      if from >= earliest then break end
      from = earliest
    end
    own.arrivesBy = own.arrivesBy + (from - own.at)
    own.at = from
    place(own)
  end
  due = from
elseif ARGV[1] == 'settle' then
  local own = withdraw(tonumber(ARGV[5]))
  local arrivesBy = tonumber(ARGV[6])
  if own ~= nil and arrivesBy ~= nil then
    own.arrivesBy = math.max(own.at, math.min(arrivesBy, math.max(own.at, now) + maxTransitMs))
    own.open = ARGV[7] == 'open'
    if own.open then own.at = own.arrivesBy end
    place(own)
  end
else
  recover()
  local pause = math.min(maxAheadMs, math.max(tonumber(ARGV[5]) or 0, window + guardStepMs + s.extraGuardMs))
  local alreadyPaused = s.blockedUntil > now and s.refusals >= 2
  if now - s.refusedAt > refusalMemoryMs then s.refusals = 1 else s.refusals = s.refusals + 1 end
  s.refusedAt = now
  keep(function(slot) return slot.at <= now + confirmAheadMs end)
  s.firstId = math.max(s.firstId, s.lastId + 1)
  s.blockedUntil = math.max(s.blockedUntil, now + pause)
  if s.refusals == 1 then
    s.extraGuardMs = math.min(maxExtraGuardMs, s.extraGuardMs + guardStepMs)
  elseif not alreadyPaused then
    if s.proven > 0 and s.proven < s.allowed then
      s.holdMs = math.min(maxHoldMs, s.holdMs * 2)
      s.allowed = s.proven
    else
      s.holdMs = firstHoldMs
      s.allowed = math.max(1, math.floor(s.allowed / 2))
    end
    s.holdUntil = now + s.holdMs
  end
end

local encoded = cjson.encode(s)
if #s.slots == 0 then encoded = string.gsub(encoded, '"slots":{}', '"slots":[]') end
redis.call('SET', KEYS[1], encoded, 'PX', math.ceil(tonumber(ARGV[3]) + math.max(0, s.blockedUntil - now)))
return { granted, tostring(from - now), tostring(due - now), tostring(now), encoded, tostring(id) }
`;
