-- What the scripts that lease begin with, after the changes.
-- Persons before machines, each in arrival order. The first that is due is the head; those behind it join until one
-- differs in what a prompt must have in common, or the prompt is full.

local MAX_WALK = 1000 -- messages of people that wait for a retry are walked past to reach other people's
local PAGE = 32

local function is_due(d) return not d.due or d.due <= now end

-- What stood on the lane before this script, read in pages.
local function walker(session, kind)
  local at, page, i = 0, {}, 1
  local is_over = unfinished_before == 0
  return function()
    if i > #page then
      if is_over or at >= MAX_WALK then return nil end
      page = redis.call('ZRANGE', key('lane', kind, session), at, at + PAGE - 1)
      at, i, is_over = at + PAGE, 1, #page < PAGE
      if #page == 0 then return nil end
    end
    i = i + 1
    return read(page[i - 1])
  end
end

-- What was born onto it since.
local function newcomers(session, kind)
  local i = 0
  return function()
    for at = i + 1, #changed do
      local d = changed[at]
      if newborn[d] and d.session == session and d.kind == kind then
        i = at
        return d
      end
    end
  end
end

-- The lane in the order of arrival.
local function in_order(session, kind)
  local before, since = walker(session, kind), newcomers(session, kind)
  return function() return before() or since() end
end

local function past_turns(d)
  local turns = {}
  for i, earlier in ipairs(d.past or {}) do turns[i] = earlier.turn end
  return table.concat(turns, ' ')
end

-- From the head as far as its neighbours fit.
local function fill(head, next, max_events, max_bytes, max_shown, overhead)
  -- A person's words are told whole, a machine's are cut.
  local function shown_bytes(d) return (d.kind == 1 and d.size or math.min(d.size, max_shown)) + overhead end
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

local function pick(session, kind, ...)
  local next, held, next_due = in_order(session, kind), {}, nil
  while true do
    local d = next()
    if not d then return {}, next_due end
    local address = d.reply or ''
    if not is_due(d) then
      if not next_due or d.due < next_due then next_due = d.due end
      held[address] = true
      if kind == 0 then return {}, next_due end -- machines share one order, a person's is kept per reply address
    elseif not held[address] then
      return fill(d, next, ...)
    end
  end
end

-- Moves the session's next batch to injecting, under the turn's id. The batch; or nil and when something falls due. What
-- is leased under this id already is the batch again: the caller may not have heard of it.
local function lease(session, turn, max_events, max_bytes, max_shown, overhead)
  if redis.call('EXISTS', key('turn', turn)) == 1 then
    return by_number(read_all(redis.call('LRANGE', key('turn', turn), 0, -1)))
  end
  local limits = { tonumber(max_events), tonumber(max_bytes), tonumber(max_shown), tonumber(overhead) }
  local batch, persons_due = pick(session, 1, unpack(limits))
  local machines_due
  if #batch == 0 then
    batch, machines_due = pick(session, 0, unpack(limits))
  end
  if #batch == 0 then return nil, math.min(persons_due or math.huge, machines_due or math.huge) end
  for _, d in ipairs(batch) do
    d.turn, d.due, d.fence = turn, nil, tonumber(fence)
    move(d, INJECTING)
  end
  return batch
end

-- [turn, continues, delivery, event, body, ...], or ["", when something falls due] where there is nothing yet. Of an event
-- that the call brought itself: the delivery's number, the event's place in the call, "". After the last write.
local function lease_answer(turn, batch, next_due)
  if not batch then return { '', next_due < math.huge and string.format('%.0f', next_due) or '' } end
  local told = batch[1].told
  local answer = { turn, told and told ~= turn and told or '' }
  for _, d in ipairs(batch) do
    local place = brought[d.event]
    local parts = place and { tostring(d.number), tostring(place), '' } or with_event(d)
    for _, part in ipairs(parts) do answer[#answer + 1] = part end
  end
  return answer
end
