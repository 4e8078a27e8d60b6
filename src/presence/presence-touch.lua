-- Adds sockets of several users, or renews their time. Atomic: of several instances that touch one user at once,
-- exactly one sees him come online.
--
-- KEYS[1]      online:users            set of the ids of online users; other services read it
-- KEYS[2]      chat:presence:expiry     sorted set userId -> latest socket expiry in milliseconds; feeds presence-expire.lua
-- KEYS[2n+1]   user:{userId}:online    string, TTL = ARGV[1]; the latest socket id; other services read it
-- KEYS[2n+2]   user:{userId}:sockets   sorted set socketId -> expiry in milliseconds, TTL = ARGV[1]; the truth
-- ARGV[1]      life of a touch, milliseconds
-- ARGV[2]      'opened' makes the last socket id of each user the latest; 'renewed' leaves the latest as it is
-- then for each user: userId, number of socket ids, the socket ids
--
-- Returns the ids of the users who came online.
local time = redis.call('TIME')
local expiry = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
local ttl = ARGV[1]
local came = {}
local at = 3
for user = 1, (#KEYS - 2) / 2 do
  local online, sockets = KEYS[2 * user + 1], KEYS[2 * user + 2]
  local userId, count = ARGV[at], tonumber(ARGV[at + 1])
  for i = at + 2, at + 1 + count do
    redis.call('ZADD', sockets, expiry, ARGV[i])
  end
  redis.call('PEXPIRE', sockets, ttl)
  if ARGV[2] == 'opened' or redis.call('PEXPIRE', online, ttl) == 0 then
    redis.call('SET', online, ARGV[at + 1 + count], 'PX', ttl)
  end
  redis.call('ZADD', KEYS[2], expiry, userId)
  if redis.call('SADD', KEYS[1], userId) == 1 then
    came[#came + 1] = userId
  end
  at = at + 2 + count
end
return came
