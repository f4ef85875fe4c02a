-- KEYS: meta, outbox. ARGV: token.
-- Both reads come first: they fail on a key of another type, and after the write nothing may fail.
local found = redis.call('HMGET', KEYS[1], 'step', 'head')
local outbox = redis.call('HGETALL', KEYS[2])
redis.call('HSET', KEYS[1], 'token', ARGV[1])
return {found[1], found[2], outbox}
