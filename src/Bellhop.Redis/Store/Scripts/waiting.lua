-- The oldest that wait for a session, accepted or queued, in arrival order. 1 session  2 at most so many  3 and so many bytes
-- Answers [number, type, body, ...]; the first whatever its size.

local limit, bytes = tonumber(arg(2)), tonumber(arg(3))
local numbers = {}
for _, zset in ipairs({ key('accepted', arg(1)), key('lane', 0, arg(1)), key('lane', 1, arg(1)) }) do
  for _, number in ipairs(redis.call('ZRANGE', zset, 0, limit - 1)) do numbers[#numbers + 1] = tonumber(number) end
end
table.sort(numbers)
local answer = {}
for i = 1, math.min(limit, #numbers) do
  local d = read(numbers[i])
  bytes = bytes - d.size
  if bytes < 0 and i > 1 then break end
  answer[#answer + 1] = numbers[i]
  answer[#answer + 1] = d.type
  answer[#answer + 1] = redis.call('LINDEX', event_key(d.event), 1)
end
return answer
