-- What a session's agent has in hand, turn by turn. 1 session
-- Answers [delivery, event, body, ...]. What a terminal took without a turn is not a lane's to recover.

local rows = {}
for _, d in ipairs(read_all(redis.call('ZRANGE', key('hand', arg(1)), 0, -1))) do
  if d.turn then rows[#rows + 1] = d end
end
table.sort(rows, function(a, b) return a.turn == b.turn and a.number < b.number or a.turn < b.turn end)
local answer = {}
for _, d in ipairs(rows) do
  for _, part in ipairs(with_event(d)) do answer[#answer + 1] = part end
end
return answer
