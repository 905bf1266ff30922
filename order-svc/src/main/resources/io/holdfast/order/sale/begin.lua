-- The counters of a sale are there, and nobody is admitted by them yet.
-- KEYS: the sale. ARGV: when the key ends, quota, limit, parts, generation if it has none.
redis.call('HSET', KEYS[1], 'state', 'LOADING', 'quota', ARGV[2], 'limit', ARGV[3], 'parts', ARGV[4])
redis.call('HSETNX', KEYS[1], 'taken', 0)
redis.call('HSETNX', KEYS[1], 'generation', ARGV[5])
if redis.call('TTL', KEYS[1]) == -1 then
  redis.call('EXPIREAT', KEYS[1], ARGV[1])
end
return 1
