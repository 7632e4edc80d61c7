-- When the event that is first in line for a session arrived (ms); nil where none waits. 1 session

local first
for _, zset in ipairs({ key('accepted', arg(1)), key('lane', 0, arg(1)), key('lane', 1, arg(1)) }) do
  local number = tonumber(redis.call('ZRANGE', zset, 0, 0)[1])
  if number and (not first or number < first) then first = number end
end
return first and header(read(first).event).arrived or nil
