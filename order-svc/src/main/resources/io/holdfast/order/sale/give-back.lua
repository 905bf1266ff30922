-- Slots come back. May be called again: what has come back is left alone.
-- KEYS as of admit.lua. ARGV: when the keys end, the part, KNOWN if the keys of these orders are known from now on or FORGOTTEN if no
-- orders came of them, and pairs of an entry's field, and its value if it has to be that one still, or nothing.
-- Answers how many pieces came back.
local back = 0
local changed = false
for i = 4, #ARGV, 2 do
  local field = ARGV[i]
  local entry = redis.call('HGET', KEYS[3], field)
  if entry and (ARGV[i + 1] == '' or ARGV[i + 1] == entry) then
    local pieces = tonumber(string.match(entry, '^%d+'))
    local buyer = string.match(field, '^%S+')
    redis.call('HDEL', KEYS[3], field)
    if redis.call('HINCRBY', KEYS[2], buyer, -pieces) <= 0 then
      redis.call('HDEL', KEYS[2], buyer)
    end
    back = back + pieces
    changed = true
  end
  if ARGV[3] == 'FORGOTTEN' then
    redis.call('SREM', KEYS[4], field)
  elseif redis.call('HEXISTS', KEYS[3], field) == 0 and redis.call('SADD', KEYS[4], field) == 1 then
    -- Whoever finds the sale sold out must not answer for this buyer.
    changed = true
  end
end
if back > 0 then
  redis.call('HINCRBY', KEYS[1], 'taken', -back)
  redis.call('HINCRBY', KEYS[1], 'taken:' .. ARGV[2], -back)
end
if changed then
  redis.call('HINCRBY', KEYS[1], 'generation', 1)
end
for _, key in ipairs(KEYS) do
  if redis.call('TTL', key) == -1 then
    redis.call('EXPIREAT', key, ARGV[1])
  end
end
return back
