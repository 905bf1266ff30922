-- KEYS: the sale. ARGV: when the key ends, its state from now on.
redis.call('HSET', KEYS[1], 'state', ARGV[2])
if redis.call('TTL', KEYS[1]) == -1 then
  redis.call('EXPIREAT', KEYS[1], ARGV[1])
end
return 1
