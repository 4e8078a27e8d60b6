-- Takes signs that have lapsed. Every instance calls this; each lapse is given to one caller only, so a sign whose
-- instance has died is announced by a living one.
--
-- KEYS[1]  chat:typing:expiry  sorted set "chatId:userId" -> expiry in milliseconds
-- ARGV[1]  most entries to take
--
-- Returns the entries taken. The signs themselves end by their own TTL; their place in the chat's list is skipped by
-- readers once it is past, and goes with the list.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lapsed = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
if #lapsed > 0 then
  redis.call('ZREM', KEYS[1], unpack(lapsed))
end
return lapsed
