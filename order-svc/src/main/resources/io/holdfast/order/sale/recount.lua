-- Sums the entries of one part up anew, and all parts, and corrects the sums that are kept beside them if they differ.
-- KEYS as of admit.lua. ARGV: when the keys end, the part, and how many parts there are.
-- Answers what was taken by the counter, what is taken by the parts, and for how many buyers of this part the sum was wrong.
local entries = redis.call('HGETALL', KEYS[3])
local inPart = 0
local buyers = {}
for i = 1, #entries, 2 do
  local buyer = string.match(entries[i], '^%S+')
  local pieces = tonumber(string.match(entries[i + 1], '^%d+'))
  inPart = inPart + pieces
  buyers[buyer] = (buyers[buyer] or 0) + pieces
end
redis.call('HSET', KEYS[1], 'taken:' .. ARGV[2], inPart)
local fields = {}
for i = 1, tonumber(ARGV[3]) do
  fields[i] = 'taken:' .. (i - 1)
end
local taken = 0
for _, sum in ipairs(redis.call('HMGET', KEYS[1], unpack(fields))) do
  taken = taken + tonumber(sum or '0')
end
local counted = tonumber(redis.call('HGET', KEYS[1], 'taken') or '0')
local wrong = 0
local kept = redis.call('HGETALL', KEYS[2])
local seen = {}
for i = 1, #kept, 2 do
  seen[kept[i]] = true
  local pieces = buyers[kept[i]] or 0
  if tonumber(kept[i + 1]) ~= pieces then
    wrong = wrong + 1
    if pieces == 0 then
      redis.call('HDEL', KEYS[2], kept[i])
    else
      redis.call('HSET', KEYS[2], kept[i], pieces)
    end
  end
end
for buyer, pieces in pairs(buyers) do
  if not seen[buyer] then
    wrong = wrong + 1
    redis.call('HSET', KEYS[2], buyer, pieces)
  end
end
if counted ~= taken or wrong > 0 then
  redis.call('HSET', KEYS[1], 'taken', taken)
  redis.call('HINCRBY', KEYS[1], 'generation', 1)
end
for _, key in ipairs(KEYS) do
  if redis.call('TTL', key) == -1 then
    redis.call('EXPIREAT', key, ARGV[1])
  end
end
return {counted, taken, wrong}
