-- What every script that carries a turn on begins with, after the changes. 1 the turn's id

local id, stop = start(true)
if stop then return stop end

local turn = arg(1)
local rows = by_number(read_all(redis.call('LRANGE', key('turn', turn), 0, -1)))
if #rows == 0 then return refuse(id, 'NOTURN', turn) end

local function other_than(expected)
  for _, d in ipairs(rows) do
    if d.state ~= expected then return refuse(id, 'NOTSTATE', d.state .. ' ' .. expected) end
  end
end
