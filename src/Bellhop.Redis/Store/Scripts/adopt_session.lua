-- Gives central everything unfinished of a session that is gone for good. 1 session  2 note  3 at most so many

local id, stop = start(true)
if stop then return stop end

local session, note, limit = arg(1), arg(2), tonumber(arg(3))

local rows = {}
for _, zset in ipairs({ 'accepted', 'lane:0', 'lane:1', 'hand' }) do
  for _, d in ipairs(read_all(redis.call('ZRANGE', key(zset, session), 0, limit - 1))) do rows[#rows + 1] = d end
end
by_number(rows)
for i = 1, math.min(limit, #rows) do
  local d = rows[i]
  take_back(d, COUNTED[d.state] == 'turn') -- whoever takes the session's name later must not find it
  if COUNTED[d.state] == 'turn' then move(d, QUEUED, note) end
  adopt(d, note, note)
end
return finish(id, math.min(limit, #rows))
