-- A session's own terminal says how far an event is.
-- 1 session  2 key or id ('' = what is in hand under the turn)  3 the key, where 2 can be one  4 state  5 the terminal's turn ('' = none)  6 note
-- 7 exactly this delivery ('' = any of the event)  8 the row of an event that nobody named ('' = it has a name)
-- Answers 1, or 0 where the session has no unfinished delivery that the report could be about. Of central, while a gateway
-- serves it, only the end of a turn counts; for all else it is too late, which is answered with 1.

local id, stop = start(false)
if stop then return stop end

local session, told, note = arg(1), tonumber(arg(4)), arg(6)
local turn = arg(5) ~= '' and arg(5) or nil
local MAX_EVENTS = 1000 -- of one id; older ones are over

local function events()
  if arg(3) ~= '' and redis.call('EXISTS', key('event', arg(3))) == 1 then return { arg(3) } end
  return redis.call('ZREVRANGE', key('id', arg(2)), 0, MAX_EVENTS - 1)
end

-- Its key was made of the turn; another turn may go on with what an earlier one had.
local function with_this_row()
  local rows = {}
  for _, d in ipairs(read_all(redis.call('ZRANGE', key('hand', session), 0, -1))) do
    if not d.id and redis.call('LINDEX', event_key(d.event), 1) == arg(8) then rows[#rows + 1] = d end
  end
  return rows
end

local function all()
  if arg(7) ~= '' then return read_all({ arg(7) }) end
  if arg(2) == '' then return turn and read_all(redis.call('LRANGE', key('turn', turn), 0, -1)) or {} end
  local rows = {}
  for _, event in ipairs(events()) do
    for _, d in ipairs(deliveries_of(event)) do rows[#rows + 1] = d end
  end
  return #rows == 0 and arg(8) ~= '' and with_this_row() or rows
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

-- A gateway serves central by a lane of its own: a terminal may finish what it took before, by its turn, and begin nothing.
local function is_late()
  if session ~= 'gateway' or (turn and told ~= INJECTED) then return false end
  local is_json, lease = pcall(cjson.decode, redis.pcall('GET', prefix .. ':session:gateway'))
  return is_json and type(lease) == 'table' and lease.kind == 'bellhop'
end

if is_late() then return finish(id, 1) end
local d = meant()
if not d then return finish(id, 0) end
if told == QUEUED then
  if in_hand(d) then move(d, QUEUED, note) end
elseif told == INJECTED then
  if of_another_turn(d) then move(d, QUEUED, 'did not arrive; given again') end
  take(d, turn)
  if d.state ~= INJECTED then move(d, INJECTED, note) end
elseif told == COMPLETED then
  take(d, turn)
  if d.state ~= INJECTED then move(d, INJECTED) end
  move(d, COMPLETED, note)
else
  if not in_hand(d) then take(d, turn) end
  d.reason = note ~= '' and note or 'given up by its terminal'
  move(d, DEAD, note)
end
return finish(id, 1)
