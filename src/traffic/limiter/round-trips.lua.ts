import { maxFirstDeviationMs, noRoundTrips, smoothing, tripsOfTurn } from './round-trips';

/** Part of slots.lua.ts: what a state that knows no round trips holds. */
export const noTrips = `{ ${Object.entries(noRoundTrips())
  .map(([name, value]) => `${name} = ${String(value)}`)
  .join(', ')} }`;

/** Part of slots.lua.ts: `addRoundTrip` for each number of ARGV[11]. */
export const learnTrips = `
local function inSixteenths(ms) return math.floor(ms * 16 + 0.5) / 16 end
for text in string.gmatch(ARGV[11] or '', '%d+') do
  local trip = tonumber(text)
  local known = s.trips
  if known.count == 0 then
    known.firstAt = now - trip
    known.shortestMs = trip
    known.formerMs = trip
    known.smoothMs = trip
    known.deviationMs = inSixteenths(math.min(trip / 2, ${String(maxFirstDeviationMs)}))
  elseif known.count % ${String(tripsOfTurn)} == 0 then
    known.formerMs = known.shortestMs
    known.shortestMs = trip
  end
  known.count = known.count + 1
  known.shortestMs = math.min(known.shortestMs, trip)
  known.deviationMs = inSixteenths(known.deviationMs + (math.abs(trip - known.smoothMs) - known.deviationMs) * ${String(smoothing)})
  known.smoothMs = inSixteenths(known.smoothMs + (trip - known.smoothMs) * ${String(smoothing)})
end
`;
