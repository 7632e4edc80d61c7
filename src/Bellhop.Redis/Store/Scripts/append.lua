-- Writes events and their deliveries, each event once: all of them, or none where there is no room.
-- 1 most unfinished deliveries   2 a list and 3 the row of it that this event was ('' = none)
-- 4 "1" where sessions without a lane are handed it on their lists, "0" where they have it already
-- then for each event: its JSON, its body, {targets:[{session, known, note}], quarantine}
-- Answers [0 | [known key, duplicate, sessions], ...]; "full"; or "gone" where somebody else took the row.
-- Being sent again needs no memory of the call: the event's key tells.

local id, stop = start(false)
if stop then return stop end

local FIRST, EACH = 5, 3

-- What each event is to be, and how many unfinished deliveries that makes.
local function read_plans()
  local plans, due = {}, 0
  for i = FIRST, #ARGV - HEAD, EACH do
    local plan = cjson.decode(arg(i + 2))
    plans[#plans + 1] = plan
    if not plan.quarantine then due = due + #plan.targets end
  end
  return plans, due
end

-- The event of which this is a repetition within its window.
local function find_known(e)
  if redis.call('EXISTS', event_key(e.key)) == 1 then return e.key end
  if e.window <= 0 then return nil end
  local known = redis.call('GET', key('last', #e.source, e.source, e.id))
  if not known and redis.call('EXISTS', event_key(e.id)) == 1 then known = e.id end
  if not known then return nil end
  local first = header(known)
  return first.source == e.source and e.arrived - first.arrived < e.window and known or nil
end

-- One delivery for each target. e is the event as it stands in the store.
local function deliver(e, targets, quarantine)
  local last = redis.call('HINCRBY', key('meta'), 'number', #targets)
  for i, target in ipairs(targets) do
    local number = last - #targets + i
    redis.call('RPUSH', event_key(e.key), number)
    local d = {
      number = number, event = e.key, session = target.session, kind = e.kind, type = e.type, source = e.source,
      state = quarantine and DEAD or target.known and QUEUED or ACCEPTED,
      id = e.id ~= e.key and e.id or nil, reply = e.reply, size = e.size, reason = quarantine,
    }
    bear(d, quarantine or target.note, arg(4) == '0')
  end
  return last - #targets + 1
end

local function write_new(e, json, body, targets, quarantine)
  redis.call('RPUSH', event_key(e.key), json, body)
  local first = deliver(e, targets, quarantine)
  redis.call('ZADD', key('arrivals'), first, e.key)
  if e.id == e.key then return end
  redis.call('ZADD', key('id', e.id), first, e.key)
  redis.call('SET', key('last', #e.source, e.source, e.id), e.key)
end

-- The targets that have no delivery of it yet, and the sessions of those that have, each once.
local function split(targets, known)
  local has, had, fresh = {}, {}, {}
  for _, d in ipairs(known and by_number(deliveries_of(known)) or {}) do
    if not has[d.session] then had[#had + 1] = d.session end
    has[d.session] = true
  end
  for _, target in ipairs(targets) do
    if not has[target.session] then fresh[#fresh + 1] = target end
    has[target.session] = true
  end
  return fresh, had
end

-- The sessions this append named, then those that had it before.
local function sessions_of(targets, had)
  local sessions, seen = {}, {}
  for _, target in ipairs(targets) do
    if not seen[target.session] then sessions[#sessions + 1] = target.session end
    seen[target.session] = true
  end
  for _, session in ipairs(had) do
    if not seen[session] then sessions[#sessions + 1] = session end
  end
  return sessions
end

-- 0 for a new event with all that was asked for, which is nearly always.
local function append(json, body, plan)
  local e = cjson.decode(json)
  local known = find_known(e)
  local fresh, had = split(plan.targets, known)
  if not known then
    write_new(e, json, body, fresh, plan.quarantine)
    return '0'
  end
  if #fresh > 0 then deliver(header(known), fresh, plan.quarantine) end
  return cjson.encode({ known, #fresh == 0 and known ~= e.key, sessions_of(plan.targets, had) })
end

local list, row = arg(2), arg(3)
local plans, due = read_plans()
if unfinished + due > tonumber(arg(1)) then return { id, '', '"full"' } end
if list ~= '' and redis.call('EXISTS', event_key(cjson.decode(arg(FIRST)).key)) == 0 then
  if redis.call('LREM', list, -1, row) == 0 then return { id, '', '"gone"' } end
end
local appended = {}
for i, plan in ipairs(plans) do
  local at = FIRST + (i - 1) * EACH
  appended[i] = append(arg(at), arg(at + 1), plan)
end
return finish(id, '[' .. table.concat(appended, ',') .. ']')
