-- Sums the entries up anew, and corrects the sums that are kept beside them if they differ.
-- KEYS as of admit.lua.
-- Answers what was taken by the counter, what is taken by the entries, and for how many buyers the sum was wrong.
local entries = redis.call('HGETALL', KEYS[3])
local taken = 0
local buyers = {}
for i = 1, #entries, 2 do
  local buyer = string.match(entries[i], '^%S+')
  local pieces = tonumber(string.match(entries[i + 1], '^%d+'))
  taken = taken + pieces
  buyers[buyer] = (buyers[buyer] or 0) + pieces
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
return {counted, taken, wrong}
