-- KEYS: meta, due, then the users asked for. ARGV: due through ('' for none), how many at most, behind how many.
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

-- Of the same moment as the records: it tells whether they are the ones the owner wrote.
local mark = redis.call('HMGET', KEYS[1], 'token', 'step')
local asked = records(KEYS, 3)
if ARGV[1] == '' then return {asked, {}, {}, mark} end
local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', ARGV[3], ARGV[2])
local prefix = string.sub(KEYS[1], 1, -5) .. 'u:'
local keys = {}
for i = 1, #due, 2 do keys[#keys + 1] = prefix .. due[i] end
return {asked, due, records(keys, 1), mark}
