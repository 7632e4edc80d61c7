-- Gives central what waited in vain, in the order it arrived. 1 accepted before (ms)  2 at most so many

local id, stop = start(true)
if stop then return stop end

local before, limit = tonumber(arg(1)), tonumber(arg(2))
local rows = {}
for _, session in ipairs(sessions_with('accepted')) do
  for _, number in ipairs(redis.call('ZRANGE', key('accepted', session), 0, limit - 1)) do
    local d = read(number)
    if d.at < before then rows[#rows + 1] = d end
  end
end
by_number(rows)
for i = 1, math.min(limit, #rows) do
  adopt(rows[i], 'the session never came', 'adopted: session ' .. rows[i].session .. ' never came')
end
return finish(id, math.min(limit, #rows))
