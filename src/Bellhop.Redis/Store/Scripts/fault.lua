-- The turn ended badly.
-- 2 failed|killed|interrupted  3 reason  4 most attempts  5 most kills  6 first and 7 longest wait in ms
-- Answers {requeued, dead:[numbers]}

local fault, reason = arg(2), arg(3)
local max_attempts, max_kills, first_wait, longest_wait = tonumber(arg(4)), tonumber(arg(5)), tonumber(arg(6)), tonumber(arg(7))

local function bury(why)
  local dead = {}
  for _, d in ipairs(rows) do
    d.reason = why
    move(d, DEAD, reason)
    dead[#dead + 1] = d.number
  end
  return finish(id, cjson.encode({ requeued = 0, dead = dead }))
end

-- Why a delivery that fails alone is given up; nil while it has tries left.
local function verdict(d)
  if (d.kills or 0) >= max_kills then
    return string.format('quarantined: killed the agent %d times: %s', d.kills, reason)
  end
  return (d.attempts or 0) >= max_attempts and reason or nil
end

local function wait()
  local attempts = 0
  for _, d in ipairs(rows) do attempts = math.max(attempts, d.attempts or 0) end
  return math.min(longest_wait, first_wait * 2 ^ math.min(math.max(attempts - 1, 0), 16))
end

for _, d in ipairs(rows) do
  if fault == 'failed' then
    d.attempts = (d.attempts or 0) + 1
  elseif fault == 'killed' and #rows == 1 then -- in company it may have been any of them; the halves will tell
    d.kills = (d.kills or 0) + 1
  end
end
if fault == 'interrupted' then return bury('interrupted') end
if #rows == 1 and verdict(rows[1]) then return bury(verdict(rows[1])) end

-- In two halves, so that whatever spoils a batch ends up alone; they fall due together, because order holds. One that is
-- alone stays so: it must not spoil a batch again.
local due = fault == 'failed' and now + wait() or nil
local half = math.ceil(#rows / 2)
for i, d in ipairs(rows) do
  d.cohort = rows[i <= half and 1 or half + 1].number
  d.due = due
  move(d, QUEUED, reason)
end
return finish(id, cjson.encode({ requeued = #rows }))
