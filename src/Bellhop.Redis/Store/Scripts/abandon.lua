-- The session's holder is gone: what it had in hand waits again. 1 session  2 note

local id, stop = start(true)
if stop then return stop end

local rows = read_all(redis.call('ZRANGE', key('hand', arg(1)), 0, -1))
for _, d in ipairs(rows) do move(d, QUEUED, arg(2)) end
return finish(id, #rows)
