-- Moves the session's next batch to injecting.
-- 1 session  2 the turn's id  3 most events  4 most bytes  5 a body counts for at most  6 what each adds
-- Answers [turn, continues, delivery, event, body, ...], or ["", when something falls due] where there is nothing yet.
-- Persons before machines, each in arrival order. The first that is due is the head; those behind it join until one
-- differs in what a prompt must have in common, or the prompt is full. Sent again it answers the same lease.

local id, stop = start(true)
if stop then return stop end

local session, turn = arg(1), arg(2)
local max_events, max_bytes, max_shown, overhead = tonumber(arg(3)), tonumber(arg(4)), tonumber(arg(5)), tonumber(arg(6))

local MAX_WALK = 1000 -- messages of people that wait for a retry are walked past to reach other people's
local PAGE = 32

local function is_due(d) return not d.due or d.due <= now end

local function shown_bytes(d) return math.min(d.size, max_shown) + overhead end

-- The lane from the n-th place on, read in pages.
local function walker(kind)
  local at, page, i = 0, {}, 1
  return function()
    if i > #page then
      if at >= MAX_WALK then return nil end
      page = redis.call('ZRANGE', key('lane', kind, session), at, at + PAGE - 1)
      at, i = at + PAGE, 1
      if #page == 0 then return nil end
    end
    i = i + 1
    return read(page[i - 1])
  end
end

local function past_turns(d)
  local turns = {}
  for i, earlier in ipairs(d.past or {}) do turns[i] = earlier.turn end
  return table.concat(turns, ' ')
end

-- From the head as far as its neighbours fit.
local function fill(head, next)
  local batch, bytes = { head }, shown_bytes(head)
  while #batch < max_events do
    local d = next()
    if not d then break end
    bytes = bytes + shown_bytes(d)
    local joins = bytes <= max_bytes and is_due(d) and d.cohort == head.cohort and d.told == head.told
      and d.reply == head.reply and past_turns(d) == past_turns(head)
    if not joins then break end
    batch[#batch + 1] = d
  end
  return batch
end

local function pick(kind)
  local next, held, next_due = walker(kind), {}, nil
  while true do
    local d = next()
    if not d then return {}, next_due end
    local address = d.reply or ''
    if not is_due(d) then
      if not next_due or d.due < next_due then next_due = d.due end
      held[address] = true
      if kind == 0 then return {}, next_due end -- machines share one order, a person's is kept per reply address
    elseif not held[address] then
      return fill(d, next)
    end
  end
end

local function lease(rows)
  local answer = { turn, rows[1].told and rows[1].told ~= turn and rows[1].told or '' }
  for _, d in ipairs(rows) do
    for _, part in ipairs(with_event(d)) do answer[#answer + 1] = part end
  end
  return answer
end

if redis.call('EXISTS', key('turn', turn)) == 1 then
  return { id, '', lease(by_number(read_all(redis.call('LRANGE', key('turn', turn), 0, -1)))) }
end
local batch, persons_due = pick(1)
if #batch == 0 then
  local machines_due
  batch, machines_due = pick(0)
  if #batch == 0 then
    local next_due = math.min(persons_due or math.huge, machines_due or math.huge)
    return { id, '', { '', next_due < math.huge and string.format('%.0f', next_due) or '' } }
  end
end
for _, d in ipairs(batch) do
  d.turn, d.due, d.fence = turn, nil, tonumber(fence)
  move(d, INJECTING)
end
return { id, publish(id), lease(batch) }
