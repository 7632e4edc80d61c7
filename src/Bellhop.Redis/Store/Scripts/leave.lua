-- A session said goodbye; its deliveries stay, and central is always a member. 1 session

local id, stop = start(false)
if stop then return stop end

redis.call('HSET', key('sessions'), arg(1), (arg(1) == 'gateway' and '1 ' or '0 ') .. now)
return finish(id, 0)
