-- Reads cuts, and forgets those that no cached session can be older than. Trimming stands here, because a cut may be written
-- by other services, and because every instance reads.
--
-- KEYS[1]  auth:cuts  sorted set userId -> when he was cut off, milliseconds by Redis's clock
-- ARGV[1]  cuts after this time   ARGV[2]  how many of them to skip   ARGV[3]  most to return
-- ARGV[4]  how long a cut is kept, milliseconds
--
-- Returns the time now, and userId, time, userId, time and so on, the newest first: then a cut that is made between two pages
-- moves no unread one to a page that was read already.
local time = redis.call('TIME')
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', time[1] * 1000 - ARGV[4])
local now = string.format('%.3f', time[1] * 1000 + time[2] / 1000)
return { now, redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', '(' .. ARGV[1], 'WITHSCORES', 'LIMIT', ARGV[2], ARGV[3]) }
