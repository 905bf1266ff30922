-- Whether a buyer gets a slot of a sale, and if so, takes it.
-- KEYS: the sale, what the buyers of one part of it have, that part's entries (buyer, a space, idempotency key ->
-- pieces:since:instance), and that part's known keys: of orders that are written down and hold nothing.
-- ARGV: when the keys end, the part, buyer, idempotency key, pieces, now in milliseconds, instance.
-- Answers a verdict, and the generation of the counters: it changes whenever a slot comes back.
local sale = redis.call('HMGET', KEYS[1], 'state', 'quota', 'limit', 'taken', 'generation', 'parts')
for i = 1, 6 do
  if not sale[i] then
    return {'UNKNOWN', ''}
  end
end
local field = ARGV[3] .. ' ' .. ARGV[4]
if redis.call('HEXISTS', KEYS[3], field) == 1 or redis.call('SISMEMBER', KEYS[4], field) == 1 then
  return {'REPEATED', sale[5]}
end
if sale[1] ~= 'SELLING' then
  return {sale[1], sale[5]}
end
local pieces = tonumber(ARGV[5])
local has = tonumber(redis.call('HGET', KEYS[2], ARGV[3]) or '0')
if has + pieces > tonumber(sale[3]) then
  return {'ALREADY_BOUGHT', sale[5]}
end
local left = tonumber(sale[2]) - tonumber(sale[4])
if left <= 0 then
  return {'SOLD_OUT', sale[5]}
end
if pieces > left then
  return {'TOO_FEW', sale[5]}
end
redis.call('HINCRBY', KEYS[1], 'taken', pieces)
redis.call('HINCRBY', KEYS[1], 'taken:' .. ARGV[2], pieces)
redis.call('HINCRBY', KEYS[2], ARGV[3], pieces)
redis.call('HSET', KEYS[3], field, ARGV[5] .. ':' .. ARGV[6] .. ':' .. ARGV[7])
-- Whoever makes a key says when it ends: nobody of us may live to do it later.
for _, key in ipairs(KEYS) do
  if redis.call('TTL', key) == -1 then
    redis.call('EXPIREAT', key, ARGV[1])
  end
end
return {'ADMITTED', sale[5]}
