-- Takes one typing sign back, atomically.
--
-- KEYS[1]  chat:{chatId}:typing:{userId}  string; the sign
-- KEYS[2]  chat:{chatId}:typing           sorted set userId -> expiry; the typists of the chat
-- KEYS[3]  chat:typing:expiry                  sorted set "chatId:userId" -> expiry
-- ARGV[1]  chatId   ARGV[2]  userId
--
-- Returns 1 when there was a sign that nobody had taken yet, 0 otherwise. The expiry entry decides, because it is what
-- typing-expire.lua takes too: a stop and a lapse at one moment are announced once.
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[2])
return redis.call('ZREM', KEYS[3], ARGV[1] .. ':' .. ARGV[2])
