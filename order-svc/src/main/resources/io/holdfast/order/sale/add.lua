-- Orders that the database knows and the counters do not. What is there already is left alone.
-- KEYS as of admit.lua. ARGV: when the keys end, the part, and pairs of an entry's field, and its pieces: 0 of an order that holds
-- nothing.
-- Answers how many pieces were added.
local added = 0
local changed = false
for i = 3, #ARGV, 2 do
  local field = ARGV[i]
  local pieces = tonumber(ARGV[i + 1])
  if pieces == 0 then
    if redis.call('HEXISTS', KEYS[3], field) == 0 and redis.call('SADD', KEYS[4], field) == 1 then
      changed = true
    end
  elseif redis.call('HSETNX', KEYS[3], field, ARGV[i + 1] .. ':0:-') == 1 then
    redis.call('SREM', KEYS[4], field)
    redis.call('HINCRBY', KEYS[2], string.match(field, '^%S+'), pieces)
    added = added + pieces
    changed = true
  end
end
if added > 0 then
  redis.call('HINCRBY', KEYS[1], 'taken', added)
  redis.call('HINCRBY', KEYS[1], 'taken:' .. ARGV[2], added)
end
if changed then
  redis.call('HINCRBY', KEYS[1], 'generation', 1)
end
for _, key in ipairs(KEYS) do
  if redis.call('TTL', key) == -1 then
    redis.call('EXPIREAT', key, ARGV[1])
  end
end
return added
