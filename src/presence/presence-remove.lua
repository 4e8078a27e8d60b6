-- Removes sockets of several users. Atomic: a user with two tabs, closing on two instances at once, goes offline once,
-- and only with the second.
--
-- KEYS[1]      online:users            set of the ids of online users
-- KEYS[2]      chat:presence:expiry     sorted set userId -> latest socket expiry in milliseconds
-- KEYS[2n+1]   user:{userId}:online    string; the latest socket id
-- KEYS[2n+2]   user:{userId}:sockets   sorted set socketId -> expiry in milliseconds; the truth
-- for each user in ARGV: userId, number of socket ids, the socket ids
--
-- Returns the ids of the users who went offline. Sockets of dead instances that have lapsed do not keep a user online.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local gone = {}
local at = 1
for user = 1, (#KEYS - 2) / 2 do
  local online, sockets = KEYS[2 * user + 1], KEYS[2 * user + 2]
  local userId, count = ARGV[at], tonumber(ARGV[at + 1])
  for i = at + 2, at + 1 + count do
    redis.call('ZREM', sockets, ARGV[i])
  end
  redis.call('ZREMRANGEBYSCORE', sockets, '-inf', now)
  local latest = redis.call('ZRANGE', sockets, -1, -1, 'WITHSCORES')
  if #latest == 0 then
    redis.call('DEL', online, sockets)
    redis.call('ZREM', KEYS[2], userId)
    if redis.call('SREM', KEYS[1], userId) == 1 then
      gone[#gone + 1] = userId
    end
  else
    redis.call('SET', online, latest[1], 'PXAT', latest[2])
    redis.call('ZADD', KEYS[2], latest[2], userId)
  end
  at = at + 2 + count
end
return gone
