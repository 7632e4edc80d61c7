-- Gives central everything unfinished of a session that is gone for good.
-- 1 session  2 note  3 the note for what its transcript may hold  4 at most so many

local id, stop = start(true)
if stop then return stop end

local session, note, begun, limit = arg(1), arg(2), arg(3), tonumber(arg(4))

-- Its terminal writes down what it has in hand before it says a word of it.
local writes_down = redis.call('EXISTS', prefix .. ':claim:' .. session) == 1

local rows = {}
for _, zset in ipairs({ 'accepted', 'lane:0', 'lane:1', 'hand' }) do
  for _, d in ipairs(read_all(redis.call('ZRANGE', key(zset, session), 0, limit - 1))) do rows[#rows + 1] = d end
end
by_number(rows)
for i = 1, math.min(limit, #rows) do
  local d = rows[i]
  local in_hand = COUNTED[d.state] == 'turn'
  local claimed = take_back(d, in_hand) -- whoever takes the session's name later must not find it
  if in_hand then move(d, QUEUED, note) end
  adopt(d, note, (in_hand or claimed and writes_down) and begun or note)
end
return finish(id, math.min(limit, #rows))
