-- What every script that changes something begins with, after the prelude.

local ALLOWED = {
  [ACCEPTED] = { [QUEUED] = true, [DROPPED] = true },
  [QUEUED] = { [INJECTING] = true, [DROPPED] = true },
  [INJECTING] = { [INJECTED] = true, [QUEUED] = true, [DEAD] = true },
  [INJECTED] = { [COMPLETED] = true, [QUEUED] = true, [DEAD] = true },
}

-- Where a delivery is counted; what has ended is not.
local COUNTED = { 'accepted', 'queued', 'turn', 'turn' }

local moves, count_changes, unfinished_change, dead_change = {}, {}, 0, 0

-- Before the first write -------------------------------------------------------------------------------------------

-- Our place's id; or nil and what to answer at once. An empty place is made ours: where the keys vanished under us,
-- callers see it by the new id. A number behind the fence says that central changed hands.
local function start(fenced)
  local kept = redis.call('HMGET', key('meta'), 'schema', 'id')
  if tonumber(kept[1] or 0) > schema then return nil, redis.error_reply('NEWER ' .. kept[1]) end
  if fenced and fence ~= '' then
    local held = tonumber(redis.call('GET', key('fence')) or 0)
    if held > tonumber(fence) then return nil, redis.error_reply('FENCED ' .. held) end
  end
  if resent == '1' then
    local answered = redis.call('GET', key('op', op))
    if answered then return nil, { kept[2], '', answered } end
  end
  if kept[2] then return kept[2] end
  redis.call('HSET', key('meta'), 'schema', schema, 'id', new_id)
  redis.call('HSET', key('sessions'), 'gateway', '1 ' .. now)
  return new_id
end

local function refuse(id, code, detail) return redis.error_reply(code .. ' ' .. id .. ' ' .. detail) end

-- Changing ----------------------------------------------------------------------------------------------------------

local function count(session, state, by)
  if state == DEAD then dead_change = dead_change + by end
  if not COUNTED[state] then return end
  unfinished_change = unfinished_change + by
  local field = COUNTED[state] .. ' ' .. session
  count_changes[field] = (count_changes[field] or 0) + by
end

local function lane(d) return key('lane', d.kind, d.session) end

local function leave_index(d)
  if d.state == ACCEPTED then
    redis.call('ZREM', key('accepted', d.session), d.number)
  elseif d.state == QUEUED then
    redis.call('ZREM', lane(d), d.number)
  end
end

local function enter_index(d)
  if d.state == ACCEPTED then
    redis.call('ZADD', key('accepted', d.session), d.number, d.number)
  elseif d.state == QUEUED then
    redis.call('ZADD', lane(d), d.number, d.number)
  elseif d.state == INJECTING then
    redis.call('ZADD', key('hand', d.session), d.number, d.number)
    if d.turn then redis.call('RPUSH', key('turn', d.turn), d.number) end
  elseif d.state == DEAD then
    redis.call('ZADD', key('dead'), d.number, d.number)
  end
end

local function leave_hand(d)
  redis.call('ZREM', key('hand', d.session), d.number)
  if d.turn then redis.call('LREM', key('turn', d.turn), 1, d.number) end
end

local function save(d) redis.call('SET', key('delivery', d.number), cjson.encode(d)) end

local function tell(d, from, note)
  moves[#moves + 1] =
    { d.number, from, d.state, d.session, d.event, d.id or d.event, d.type, d.source, now, note or '' }
end

-- A session that has no lane of ours takes its events from a list. The row is the event as its producer wrote it, with
-- the key put in last, so that it wins over a field of the same name.
local function hand_over(d)
  if served:find(' ' .. d.session .. ' ', 1, true) then return end
  local body = redis.call('LINDEX', key('event', d.event), 1)
  local open = body:match('^(.*)}%s*$')
  if not open then return end
  local row = open .. (open:match('^%s*{%s*$') and '' or ',') .. '"key":"' .. d.event .. '"}'
  local list = prefix .. ':events:' .. d.session
  local kind = redis.call('TYPE', list).ok
  if kind ~= 'list' and kind ~= 'none' then return end -- somebody's own key: failing now would leave half an event
  redis.call('LPUSH', list, row)
  redis.call('PUBLISH', prefix .. ':notify:' .. d.session, cjson.encode({ type = d.type }))
end

-- Every round but the first and the newest ones is left out, and counted where it was. See History of the SQLite store.
local function shorten(history)
  local ends = {}
  for i = 3, #history do
    if history[i][1] == QUEUED then ends[#ends + 1] = i end
  end
  if #ends <= MAX_ROUNDS then return history end
  local first, second, third = ends[1], ends[2], ends[3]
  history[third][3] = history[third][3] + history[second][3] + 1
  local kept = {}
  for i = 1, #history do
    if i <= first or i > second then kept[#kept + 1] = history[i] end
  end
  return kept
end

-- Moves a delivery and writes its other fields as they stand in d.
local function move(d, to, note)
  local from = d.state
  if not ALLOWED[from] or not ALLOWED[from][to] then error('no delivery can move from ' .. from .. ' to ' .. to) end
  leave_index(d)
  d.state, d.at = to, now
  d.history[#d.history + 1] = { to, now, 0, note or '' }
  if to == QUEUED then d.history = shorten(d.history) end
  if COUNTED[from] == 'turn' and COUNTED[to] ~= 'turn' then leave_hand(d) end
  enter_index(d)
  save(d)
  count(d.session, from, -1)
  count(d.session, to, 1)
  tell(d, from, note)
end

local function next_number() return redis.call('HINCRBY', key('meta'), 'number', 1) end

-- Writes a new delivery of an event that stands already, but for its place in the event's list.
local function bear(d, note)
  d.at = now
  d.history = { { ACCEPTED, now, 0, d.state == ACCEPTED and note or '' } }
  if d.state ~= ACCEPTED then d.history[2] = { d.state, now, 0, note or '' } end
  enter_index(d)
  save(d)
  count(d.session, d.state, 1)
  tell(d, 0, note)
end

-- Gives the event of a delivery again, to the same session or to another.
local function give_again(d, session, note, replay_of)
  local again = {
    number = next_number(), event = d.event, session = session, state = QUEUED, kind = d.kind, id = d.id, type = d.type,
    source = d.source, reply = d.reply, size = d.size, replay_of = replay_of,
  }
  redis.call('RPUSH', key('event', d.event), again.number)
  bear(again, note)
  hand_over(again)
end

local function put_away(d)
  if d.state ~= DEAD or d.away then return false end
  d.away = now
  dead_change = dead_change - 1
  return true
end

-- Central gets what another session will not: one of each event, unless it has it already.
local function adopt(d, drop_note, note)
  d.reason = 'adopted'
  move(d, DROPPED, drop_note)
  for _, other in ipairs(deliveries_of(d.event)) do
    if other.session == 'gateway' then return end
  end
  give_again(d, 'gateway', note)
end

-- After the last write -----------------------------------------------------------------------------------------------

-- Counts, and what moved, told to every gateway: "ID VERSION JSON".
local function publish(id)
  if #moves == 0 and dead_change == 0 then return '' end
  local counts = {}
  for field, by in pairs(count_changes) do
    if by ~= 0 then
      counts[field] = redis.call('HINCRBY', key('counts'), field, by)
      if counts[field] == 0 then redis.call('HDEL', key('counts'), field) end
    end
  end
  local told = {
    unfinished = redis.call('HINCRBY', key('meta'), 'unfinished', unfinished_change),
    dead = redis.call('HINCRBY', key('meta'), 'dead', dead_change),
    counts = counts,
    moves = #moves > 0 and moves or nil,
  }
  local version = redis.call('HINCRBY', key('meta'), 'version', 1)
  local message = id .. ' ' .. version .. ' ' .. cjson.encode(told)
  redis.call('PUBLISH', key('moves'), message)
  return message
end

-- The reply of every script that changes something: what is told, and its own answer.
local function finish(id, answer)
  answer = tostring(answer)
  local message = publish(id)
  if op ~= '' then redis.call('SET', key('op', op), answer, 'PX', RESEND_MS) end
  return { id, message, answer }
end
