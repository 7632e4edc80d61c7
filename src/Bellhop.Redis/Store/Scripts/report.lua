-- A session's own terminal says how far an event is.
-- 1 session  2 key or id ('' = what is in hand under the turn)  3 the key, where 2 can be one  4 state  5 the terminal's turn ('' = none)  6 note
-- 7 exactly this delivery ('' = any of the event)
-- Answers 1, or 0 where the session has no unfinished delivery that the report could be about.

local id, stop = start(true)
if stop then return stop end

local session, told, note = arg(1), tonumber(arg(4)), arg(6)
local turn = arg(5) ~= '' and arg(5) or nil
local MAX_EVENTS = 1000 -- of one id; older ones are over

local function events()
  if arg(3) ~= '' and redis.call('EXISTS', key('event', arg(3))) == 1 then return { arg(3) } end
  return redis.call('ZREVRANGE', key('id', arg(2)), 0, MAX_EVENTS - 1)
end

local function all()
  if arg(7) ~= '' then return read_all({ arg(7) }) end
  if arg(2) == '' then return turn and read_all(redis.call('LRANGE', key('turn', turn), 0, -1)) or {} end
  local rows = {}
  for _, event in ipairs(events()) do
    for _, d in ipairs(deliveries_of(event)) do rows[#rows + 1] = d end
  end
  return rows
end

local function in_hand(d) return COUNTED[d.state] == 'turn' end

-- In hand under another turn: what is said of an earlier one comes too late.
local function of_another_turn(d) return turn and in_hand(d) and d.turn ~= turn end

-- The one of this turn first; then the one furthest behind for a report that it was taken, and the one furthest on for
-- any other; the oldest of these.
local function comes_first(a, b)
  local a_mine, b_mine = in_hand(a) and a.turn == turn, in_hand(b) and b.turn == turn
  if a_mine ~= b_mine then return a_mine end
  if a.state ~= b.state then
    local behind = a.state < b.state
    if told == INJECTED then return behind end
    return not behind
  end
  return a.number < b.number
end

local function meant()
  local best
  for _, d in ipairs(all()) do
    local could = d.session == session and COUNTED[d.state] and (told == INJECTED or not of_another_turn(d))
    if could and (not best or comes_first(d, best)) then best = d end
  end
  return best
end

-- From wherever it waits to injecting.
local function take(d)
  if d.state == ACCEPTED then move(d, QUEUED) end
  if d.state == QUEUED then
    d.turn, d.due = turn, nil
    move(d, INJECTING)
  end
end

local d = meant()
if not d then return finish(id, 0) end
if told == QUEUED then
  if in_hand(d) then move(d, QUEUED, note) end
elseif told == INJECTED then
  if of_another_turn(d) then move(d, QUEUED, 'did not arrive; given again') end
  take(d)
  if d.state ~= INJECTED then move(d, INJECTED, note) end
elseif told == COMPLETED then
  take(d)
  if d.state ~= INJECTED then move(d, INJECTED) end
  move(d, COMPLETED, note)
else
  if not in_hand(d) then take(d) end
  d.reason = note ~= '' and note or 'given up by its terminal'
  move(d, DEAD, note)
end
return finish(id, 1)
