-- Sets or renews one typing sign, atomically.
--
-- KEYS[1]  chat:{chatId}:typing:{userId}  string, TTL = ARGV[3]; the sign itself, which other services may read.
--          Its value is the time of the last announcement, milliseconds
-- KEYS[2]  chat:{chatId}:typing           sorted set userId -> expiry in milliseconds; lists the typists of a chat.
--          TTL twice ARGV[3], so that a chat that fell silent leaves nothing behind
-- KEYS[3]  chat:typing:expiry                  sorted set "chatId:userId" -> expiry in milliseconds; feeds typing-expire.lua
-- ARGV[1]  chatId   ARGV[2]  userId   ARGV[3]  life of the sign, milliseconds
--
-- Returns 1 when the sign is to be announced: it is new, or was announced at least half its life ago. Else 0.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ttl = tonumber(ARGV[3])

local announced = tonumber(redis.call('GET', KEYS[1]) or '0')
local announce = now - announced >= ttl / 2
if announce then
  announced = now
end

redis.call('SET', KEYS[1], string.format('%.0f', announced), 'PX', ttl)
redis.call('ZADD', KEYS[2], now + ttl, ARGV[2])
redis.call('PEXPIRE', KEYS[2], ttl * 2)
redis.call('ZADD', KEYS[3], now + ttl, ARGV[1] .. ':' .. ARGV[2])
return announce and 1 or 0
