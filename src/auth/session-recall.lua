-- Gives a cached session, unless its user was cut off since the check that made it. Atomic: a cut comes before or after it.
--
-- KEYS[1]  auth:token:{hash}  string, a session as JSON
-- KEYS[2]  auth:cuts          sorted set userId -> when he was cut off, milliseconds by Redis's clock
--
-- Returns the session or false, and the time now: whatever check begins after this call begins after every earlier cut.
local time = redis.call('TIME')
local now = string.format('%.3f', time[1] * 1000 + time[2] / 1000)
local stored = redis.call('GET', KEYS[1])
if stored then
  local readable, session = pcall(cjson.decode, stored)
  -- What has another shape is judged by the caller, who takes it for absent.
  if readable and type(session) == 'table' and type(session.userId) == 'string' then
    local cut = tonumber(redis.call('ZSCORE', KEYS[2], session.userId) or '-inf')
    if type(session.asOf) ~= 'number' or session.asOf < cut then
      stored = false
    end
  end
end
return { stored, now }
