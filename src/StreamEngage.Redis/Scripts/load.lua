-- KEYS: meta, due, then the users asked for. ARGV: due through ('' for none), how many at most, the instant and the user behind which
-- the list goes on ('' for its beginning).
-- The keys of due users are made here: who is due is not known before. They carry the lane's hash tag, so they are in its slot.
local chunk = 4000

local function records(keys, first)
  local all = {}
  for i = first, #keys, chunk do
    for _, record in ipairs(redis.call('MGET', unpack(keys, i, math.min(i + chunk - 1, #keys)))) do
      all[#all + 1] = record
    end
  end
  return all
end

-- By bytes, as Redis orders who is due at the same instant; Lua's own order depends on the server's locale.
local function is_after(one, other)
  for i = 1, math.min(#one, #other) do
    local left, right = string.byte(one, i), string.byte(other, i)
    if left ~= right then return left > right end
  end
  return #one > #other
end

-- How many of those due at an instant stand at a user's place or before it, whether the user is still there or not.
local function passed(instant, user)
  local function is_behind(place)
    local found = redis.call('ZRANGEBYSCORE', KEYS[2], instant, instant, 'LIMIT', place, 1)[1]
    return found == nil or is_after(found, user)
  end
  local low, high = 0, 0
  while not is_behind(high) do low, high = high + 1, 2 * high + 1 end
  while low < high do
    local middle = math.floor((low + high) / 2)
    if is_behind(middle) then high = middle else low = middle + 1 end
  end
  return low
end

-- Of the same moment as the records: it tells whether they are the ones the owner wrote.
local mark = redis.call('HMGET', KEYS[1], 'token', 'step')
local asked = records(KEYS, 3)
if ARGV[1] == '' then return {asked, {}, {}, mark} end
local from, skipped = '-inf', 0
if ARGV[3] ~= '' then from, skipped = ARGV[3], passed(ARGV[3], ARGV[4]) end
local due = redis.call('ZRANGEBYSCORE', KEYS[2], from, ARGV[1], 'WITHSCORES', 'LIMIT', skipped, ARGV[2])
local prefix = string.sub(KEYS[1], 1, -5) .. 'u:'
local keys = {}
for i = 1, #due, 2 do keys[#keys + 1] = prefix .. due[i] end
return {asked, due, records(keys, 1), mark}
