-- Slots come back. May be called again: what has come back is left alone.
-- KEYS as of admit.lua. ARGV: when the keys end, the part, KNOWN if the keys of these orders stay known or FORGOTTEN if no orders came
-- of them, and pairs of an entry's field, and its value if it has to be that one still, or nothing.
-- Answers how many pieces came back.
local back = 0
local changed = false
for i = 4, #ARGV, 2 do
  local field = ARGV[i]
  local entry = redis.call('HGET', KEYS[3], field)
  local buyer = string.match(field, '^%S+')
  if entry and (ARGV[i + 1] == '' or ARGV[i + 1] == entry) then
    local pieces = tonumber(string.match(entry, '^%d+'))
    if ARGV[3] == 'KNOWN' then
      redis.call('HSET', KEYS[3], field, (string.gsub(entry, '^%d+', '0')))
    else
      redis.call('HDEL', KEYS[3], field)
    end
    -- One who has nothing stays named: whoever finds the sale sold out must not answer for a key that is known.
    if redis.call('HINCRBY', KEYS[2], buyer, -pieces) < 0 then
      redis.call('HSET', KEYS[2], buyer, 0)
    end
    back = back + pieces
    changed = changed or pieces > 0
  elseif not entry and ARGV[3] == 'KNOWN' and ARGV[i + 1] == '' then
    redis.call('HSET', KEYS[3], field, '0:0:-')
    redis.call('HINCRBY', KEYS[2], buyer, 0)
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
