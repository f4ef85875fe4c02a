-- KEYS: meta, due, outbox, then the users. ARGV: token, the step before, the step, its id, the head, milliseconds that an idle user is
-- kept (0: for ever), how many users, added and trimmed entries; then of each user record and due ('': nothing any more, '-': nothing as
-- before), of each added entry key and value, and the trimmed keys. A script that fails does not roll back: everything that can be wrong is
-- found before the first write.
local chunk = 4000
local meta, due, outbox = KEYS[1], KEYS[2], KEYS[3]

local found = redis.call('HMGET', meta, 'token', 'step', 'id')
local at = found[2] or '0'
if found[1] ~= ARGV[1] then return 'FENCED' end
if at == ARGV[3] and found[3] == ARGV[4] then return 'ALREADY' end
if at ~= ARGV[2] then return 'FENCED' end

local life, users, added, trimmed = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
if not (life and users and added and trimmed) then return redis.error_reply('ERR step: a number is not one') end
if #KEYS ~= 3 + users or #ARGV ~= 9 + 2 * users + 2 * added + trimmed then return redis.error_reply('ERR step: arguments are missing') end
-- They fail on a key of another type.
redis.call('ZCARD', due)
redis.call('HLEN', outbox)

local kept, idle, gone, timed, calm = {}, {}, {}, {}, {}
-- A user begins where "{tag}:meta" less its last word and "u:" end.
local first = #meta - 1
for i = 1, users do
  local key, record, when = KEYS[3 + i], ARGV[8 + 2 * i], ARGV[9 + 2 * i]
  if when == '' then
    calm[#calm + 1] = string.sub(key, first)
  elseif when ~= '-' then
    if not tonumber(when) then return redis.error_reply('ERR step: a due time is not a number') end
    timed[#timed + 1] = when
    timed[#timed + 1] = string.sub(key, first)
  end
  if record == '' then
    gone[#gone + 1] = key
  else
    -- A user with something due never expires: a plain write takes an earlier expiry away.
    local into = ((when == '' or when == '-') and life > 0) and idle or kept
    into[#into + 1] = key
    into[#into + 1] = record
  end
end

local function slice(first, last)
  local part = {}
  for i = first, last do part[#part + 1] = ARGV[i] end
  return part
end
local entries = slice(10 + 2 * users, 9 + 2 * users + 2 * added)
local published = slice(10 + 2 * users + 2 * added, #ARGV)

local function each(items, write)
  for i = 1, #items, chunk do write(unpack(items, i, math.min(i + chunk - 1, #items))) end
end

-- First a write that a full server refuses: once one write is done, Redis lets the others of the script pass.
redis.call('HSET', meta, 'step', ARGV[3], 'id', ARGV[4], 'head', ARGV[5])
each(kept, function(...) redis.call('MSET', ...) end)
for i = 1, #idle, 2 do redis.call('SET', idle[i], idle[i + 1], 'PX', ARGV[6]) end
each(gone, function(...) redis.call('DEL', ...) end)
each(timed, function(...) redis.call('ZADD', due, ...) end)
each(calm, function(...) redis.call('ZREM', due, ...) end)
each(published, function(...) redis.call('HDEL', outbox, ...) end)
each(entries, function(...) redis.call('HSET', outbox, ...) end)
return 'PREPARED'
