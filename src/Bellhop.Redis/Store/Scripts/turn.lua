-- What every script that carries a turn on begins with, after the changes. 1 the turn's id

local id, stop = start(true)
if stop then return stop end

local turn = arg(1)
local rows = by_number(read_all(redis.call('LRANGE', key('turn', turn), 0, -1)))
if #rows == 0 then return refuse(id, 'NOTURN', turn) end

-- A prompt that told the event into a transcript which we may not be able to read. Should this delivery come back to the
-- gateway that can, it must not be told there again.
local MAX_PAST = 16 -- changes of central while one event is under way
local function remember(d, told, slot)
  d.past = d.past or {}
  d.past[#d.past + 1] = { turn = told, slot = slot }
  if #d.past > MAX_PAST then table.remove(d.past, 1) end
end

local function other_than(expected)
  for _, d in ipairs(rows) do
    if d.state ~= expected then return refuse(id, 'NOTSTATE', d.state .. ' ' .. expected) end
  end
end

-- Where the prompt told the events themselves, it is noted which.
local function inject(told, note)
  for i, d in ipairs(rows) do
    if told then
      if d.told and d.told ~= turn then remember(d, d.told, d.slot) end
      d.told, d.slot = turn, i
    end
    move(d, INJECTED, note)
  end
end

local function complete(replies, note)
  for _, d in ipairs(rows) do move(d, COMPLETED, note) end
  if replies ~= '' then redis.call('HSET', key('replies', turn), 'json', replies, 'shown', #rows) end
end
