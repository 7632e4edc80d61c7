-- The session's holder is gone: what it had in hand waits again. 1 session  2 note
-- 3 "1" where that was a terminal: what a lane leased is the lane's to recover

local id, stop = start(true)
if stop then return stop end

local rows = read_all(redis.call('ZRANGE', key('hand', arg(1)), 0, -1))
local moved = 0
for _, d in ipairs(rows) do
  if arg(3) ~= '1' or not d.fence then
    move(d, QUEUED, arg(2))
    moved = moved + 1
  end
end
return finish(id, moved)
