-- The turns under way in a session, oldest first. 1 session
-- Answers [[turn, delivery, event, body, ...], ...]

local answer = {}
for _, turn in ipairs(redis.call('ZRANGE', key('turns', arg(1)), 0, -1)) do
  local rows = { turn }
  for _, d in ipairs(by_number(read_all(redis.call('LRANGE', key('turn', turn), 0, -1)))) do
    for _, part in ipairs(with_event(d)) do rows[#rows + 1] = part end
  end
  answer[#answer + 1] = rows
end
return answer
