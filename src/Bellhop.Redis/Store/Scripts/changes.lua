-- What every script that changes something begins with, after the prelude.

-- From and to, as DeliveryTransitions lists them.
local ALLOWED = ' 12 17 23 27 34 32 36 45 42 46 '

-- Where a delivery is counted; what has ended is not.
local COUNTED = { 'accepted', 'queued', 'turn', 'turn' }

-- What the script came to: the deliveries it changed, in the order in which it first did, how often each of them moved,
-- and the counts as they were at its start and as they changed.
local changed, moved, count_changes = {}, {}, {}
local version, unfinished, dead, last_number
local unfinished_before, dead_before

-- Born queued in this script and not on their lanes yet: most are leased before that is worth a write.
local newborn = {}

-- Before the first write -------------------------------------------------------------------------------------------

-- The number under which central is held by now; nil where it is ours.
local function newer_fence()
  local held = fence ~= '' and tonumber(redis.call('GET', key('fence')) or 0)
  return held and held > tonumber(fence) and held or nil
end

-- Our place's id; or nil and what to answer at once. An empty place is made ours: where the keys vanished under us,
-- callers see it by the new id. A number behind the fence says that central changed hands.
local function start(fenced)
  local kept = redis.call('HMGET', key('meta'), 'schema', 'id', 'version', 'unfinished', 'dead', 'number')
  if tonumber(kept[1] or 0) > schema then return nil, redis.error_reply('NEWER ' .. kept[1]) end
  if fenced and newer_fence() then return nil, redis.error_reply('FENCED ' .. newer_fence()) end
  if resent == '1' then
    local answered = redis.call('GET', key('op', op))
    if answered then return nil, { kept[2], '', answered } end
  end
  version, unfinished, dead = tonumber(kept[3] or 0), tonumber(kept[4] or 0), tonumber(kept[5] or 0)
  last_number = tonumber(kept[6] or 0)
  unfinished_before, dead_before = unfinished, dead
  if kept[2] then return kept[2] end
  redis.call('HSET', key('meta'), 'schema', schema, 'id', new_id)
  redis.call('HSET', key('sessions'), 'gateway', '1 ' .. now)
  return new_id
end

local function refuse(id, code, detail) return redis.error_reply(code .. ' ' .. id .. ' ' .. detail) end

-- Changing ----------------------------------------------------------------------------------------------------------

local function count(session, state, by)
  if state == DEAD then dead = dead + by end
  if not COUNTED[state] then return end
  unfinished = unfinished + by
  local field = COUNTED[state] .. ' ' .. session
  count_changes[field] = (count_changes[field] or 0) + by
end

local function lane(d) return base .. ':lane:' .. d.kind .. ':' .. d.session end

local function leave_index(d)
  if d.state == ACCEPTED then
    redis.call('ZREM', key('accepted', d.session), d.number)
  elseif newborn[d] then
    newborn[d] = nil
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

-- Written once, at the end, however often it is changed.
local function save(d)
  if moved[d] then return end
  changed[#changed + 1], moved[d], kept[d.number] = d, 0, d
end

local function save_and_tell(d)
  save(d)
  moved[d] = moved[d] + 1
end

-- The event as its producer wrote it, with the key put in last, so that it wins over a field of the same name. Nil
-- where it is no JSON object, which only something quarantined is.
local function row_of(d)
  local body = redis.call('LINDEX', event_key(d.event), 1)
  local open = body:match('^(.*)}%s*$')
  return open and open .. (open:match('^%s*{%s*$') and '' or ',') .. '"key":"' .. d.event .. '"}', body
end

-- A session that has no lane of ours takes its events from a list. The caller saves d.
local function hand_over(d)
  if d.handed or served:find(' ' .. d.session .. ' ', 1, true) then return end
  if d.session:sub(1, 5) == 'hold/' then return end -- what a rule holds is nobody's yet
  local list = prefix .. ':events:' .. d.session
  local row, kind = row_of(d), redis.call('TYPE', list).ok
  if not row or kind ~= 'list' and kind ~= 'none' then return end -- a key of somebody's own: failing now would be worse
  d.handed = true
  redis.call('LPUSH', list, row)
  redis.call('PUBLISH', prefix .. ':notify:' .. d.session, cjson.encode({ type = d.type }))
end

-- Takes the row from the session's lists again, wherever it is by now: the one we wrote, or the producer's own where the
-- session had it before we did, which only a claim tells from others that look the same. True where it was claimed.
local function take_back(d, was_in_hand)
  local events, claims = prefix .. ':events:' .. d.session, prefix .. ':claims:' .. d.session
  local row, body = row_of(d)
  local claimed = 0
  if d.handed then
    claimed = redis.call('LREM', claims, 1, row)
    if claimed == 0 then redis.call('LREM', events, -1, row) end -- the oldest at the tail
  elseif was_in_hand then
    claimed = redis.call('LREM', claims, 1, body)
  end
  d.handed = nil
  return claimed == 1
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
  if not ALLOWED:find(' ' .. from .. to .. ' ', 1, true) then
    error('no delivery can move from ' .. from .. ' to ' .. to)
  end
  leave_index(d)
  d.state, d.at = to, now
  d.history[#d.history + 1] = { to, now, 0, note or '' }
  if to == QUEUED then d.history = shorten(d.history) end
  if COUNTED[from] == 'turn' and COUNTED[to] ~= 'turn' then leave_hand(d) end
  enter_index(d)
  save_and_tell(d)
  count(d.session, from, -1)
  count(d.session, to, 1)
end

-- From wherever it waits to injecting: a terminal has it, under its turn (nil = it counts none).
local function take(d, turn)
  if d.state == ACCEPTED then move(d, QUEUED) end
  if d.state == QUEUED then
    d.turn, d.due, d.fence = turn, nil, nil
    move(d, INJECTING)
  end
end

-- Kept with the counts, after the last write.
local function next_number()
  last_number = last_number + 1
  return last_number
end

-- Writes a new delivery of an event that stands already, but for its place in the event's list. keep: the session has
-- the row already.
local function bear(d, note, keep)
  d.at = now
  d.history = { { ACCEPTED, now, 0, d.state == ACCEPTED and note or '' } }
  if d.state ~= ACCEPTED then d.history[2] = { d.state, now, 0, note or '' } end
  if d.state == QUEUED and not keep then hand_over(d) end
  if d.state == QUEUED then newborn[d] = true else enter_index(d) end
  save_and_tell(d)
  count(d.session, d.state, 1)
end

-- The same for a target. What has a reason already was unreadable and is born dead; what a rule leaves out is accepted
-- and at once dropped, with the rule's name as its reason.
local function bear_for(d, target, keep)
  if d.reason then
    d.state = DEAD
    bear(d, d.reason, keep)
  elseif target.dropped_by then
    d.state = ACCEPTED
    bear(d, nil, keep)
    d.reason = target.dropped_by
    move(d, DROPPED, target.note)
  else
    d.state = target.known and QUEUED or ACCEPTED
    bear(d, target.note, keep)
  end
end

-- The event of a delivery for the same session or another, as if it had just come. The caller bears it.
local function again(d, session)
  local number = next_number()
  redis.call('RPUSH', event_key(d.event), number)
  return {
    number = number, event = d.event, session = session, state = QUEUED, kind = d.kind, id = d.id, type = d.type,
    source = d.source, reply = d.reply, size = d.size,
  }
end

local function give_again(d, session, note, replay_of)
  local given = again(d, session)
  given.replay_of = replay_of
  bear(given, note)
end

-- True where the session has, or had, a delivery of the event.
local function has_delivery(event, session)
  for _, d in ipairs(deliveries_of(event)) do
    if d.session == session then return true end
  end
  return false
end

local function put_away(d)
  if d.state ~= DEAD or d.away then return false end
  d.away = now
  dead = dead - 1
  return true
end

-- Central gets what another session will not: one of each event, unless it has it already.
local function adopt(d, drop_note, note)
  d.reason = 'adopted'
  move(d, DROPPED, drop_note)
  if not has_delivery(d.event, 'gateway') then give_again(d, 'gateway', note) end
end

-- After the last write -----------------------------------------------------------------------------------------------

-- Writes what changed. The lines of what moved: its JSON, behind the number of moves where it is more than one; they are
-- the last of its history.
local function write()
  local lines = {}
  for i = 1, #changed do
    local d = changed[i]
    if newborn[d] then enter_index(d) end
    local json, times = cjson.encode(d), moved[d]
    redis.call('SET', delivery_key(d.number), json)
    encoded[d] = json
    if times > 0 then lines[#lines + 1] = times > 1 and times .. json or json end
  end
  return lines
end

-- Told to every gateway: a line "ID VERSION UNFINISHED DEAD", a line "accepted|queued|turn SESSION COUNT" for each count
-- that changed, and a line for each delivery that moved.
local function publish(id)
  local moves = write()
  if #moves == 0 and dead == dead_before then return '' end
  version = version + 1
  redis.call(
    'HSET', key('meta'), 'version', version, 'unfinished', unfinished, 'dead', dead, 'number', last_number
  )
  local lines = { id .. ' ' .. version .. ' ' .. unfinished .. ' ' .. dead }
  for field, by in pairs(count_changes) do
    if by ~= 0 then
      local count = redis.call('HINCRBY', key('counts'), field, by)
      if count == 0 then redis.call('HDEL', key('counts'), field) end
      lines[#lines + 1] = field .. ' ' .. count
    end
  end
  for i = 1, #moves do lines[#lines + 1] = moves[i] end
  local message = table.concat(lines, '\n')
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
