-- Slots come back. May be called again: what is not there any more is left alone.
-- KEYS as of admit.lua. ARGV: the part, and pairs of an entry's field, and its value if it has to be that one still, or nothing.
-- Answers how many pieces came back.
local back = 0
for i = 2, #ARGV, 2 do
  local entry = redis.call('HGET', KEYS[3], ARGV[i])
  if entry and (ARGV[i + 1] == '' or ARGV[i + 1] == entry) then
    local pieces = tonumber(string.match(entry, '^%d+'))
    local buyer = string.match(ARGV[i], '^%S+')
    redis.call('HDEL', KEYS[3], ARGV[i])
    if redis.call('HINCRBY', KEYS[2], buyer, -pieces) <= 0 then
      redis.call('HDEL', KEYS[2], buyer)
    end
    back = back + pieces
  end
end
if back > 0 then
  redis.call('HINCRBY', KEYS[1], 'taken', -back)
  redis.call('HINCRBY', KEYS[1], 'taken:' .. ARGV[1], -back)
  redis.call('HINCRBY', KEYS[1], 'generation', 1)
end
return back
