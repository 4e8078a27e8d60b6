-- Takes out users whose last socket has lapsed, which happens when their instance dies. Every instance calls this;
-- each such user is given to one caller only.
--
-- KEYS[1]  online:users     set of the ids of online users
-- KEYS[2]  chat:presence:expiry  sorted set userId -> latest socket expiry in milliseconds
-- ARGV[1]  most users to take
--
-- Returns the ids of the users taken. Their own keys have ended by TTL at that moment or end within it.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local gone = {}
for _, userId in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, ARGV[1])) do
  redis.call('ZREM', KEYS[2], userId)
  if redis.call('SREM', KEYS[1], userId) == 1 then
    gone[#gone + 1] = userId
  end
end
return gone
