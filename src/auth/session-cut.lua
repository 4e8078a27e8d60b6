-- Cuts a user off: no session whose check began up to now counts any more. A cut is never moved back.
--
-- KEYS[1]  auth:cuts  sorted set userId -> when he was cut off, milliseconds by Redis's clock
-- ARGV[1]  userId
--
-- Returns the time of the cut: a microsecond from now, so that a check of this very microsecond counts as before it.
local time = redis.call('TIME')
local at = string.format('%.3f', time[1] * 1000 + (time[2] + 1) / 1000)
redis.call('ZADD', KEYS[1], 'GT', at, ARGV[1])
return at
