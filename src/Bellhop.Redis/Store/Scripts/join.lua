-- A session came or is still there. 1 session  2 at most so many of its deliveries at once

local id, stop = start(false)
if stop then return stop end

redis.call('HSET', key('sessions'), arg(1), '1 ' .. now)
local waiting = redis.call('ZRANGE', key('accepted', arg(1)), 0, arg(2) - 1)
for _, d in ipairs(read_all(waiting)) do
  hand_over(d)
  move(d, QUEUED, 'the session came')
end
return finish(id, #waiting)
