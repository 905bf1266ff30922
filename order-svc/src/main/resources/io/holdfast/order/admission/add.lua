-- Entries of orders that the database knows and the counters do not. What is there already is left alone.
-- KEYS as of admit.lua. ARGV: the part, and pairs of an entry's field, and its pieces.
-- Answers how many pieces were added.
local added = 0
for i = 2, #ARGV, 2 do
  if redis.call('HSETNX', KEYS[3], ARGV[i], ARGV[i + 1] .. ':0:-') == 1 then
    local pieces = tonumber(ARGV[i + 1])
    redis.call('HINCRBY', KEYS[2], string.match(ARGV[i], '^%S+'), pieces)
    added = added + pieces
  end
end
if added > 0 then
  redis.call('HINCRBY', KEYS[1], 'taken', added)
  redis.call('HINCRBY', KEYS[1], 'taken:' .. ARGV[1], added)
  redis.call('HINCRBY', KEYS[1], 'generation', 1)
end
return added
