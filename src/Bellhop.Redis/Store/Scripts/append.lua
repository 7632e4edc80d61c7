-- Writes events and their deliveries, each event once: all of them, or none where there is no room.
-- 1 most unfinished deliveries   2 a list and 3 the row of it that this event was ('' = none)
-- 4 "1" where sessions without a lane are handed it on their lists, "0" where they have it already
-- 5 a session whose lane waits with us ('' = none), and only then 6 to 10 as the script lease has them from 2 on
-- then for each event: its JSON, its body, {targets:[{session, known, note, dropped_by}], quarantine, claim, claimed, taken}
-- taken: the turn under which a terminal has it in hand already ('' = it counts none).
-- claim: a key by which a terminal says that it has the row in hand; where it exists, claimed is the note for all targets.
-- Answers [0 | [known key, duplicate, sessions], ...]; "full"; or "gone" where somebody else took the row. Behind it,
-- where a lane waits and central is ours, stands what the script lease would have answered now.
-- Being sent again needs no memory of the call: the event's key tells.

local id, stop = start(false)
if stop then return stop end

local waits = arg(5) ~= ''
local FIRST, EACH = waits and 11 or 6, 3

-- What each event is to be, and how many unfinished deliveries that makes.
local function read_plans()
  local plans, due = {}, 0
  for i = FIRST, #ARGV - HEAD, EACH do
    local plan = cjson.decode(arg(i + 2))
    plan.event = cjson.decode(arg(i))
    plans[#plans + 1] = plan
    for _, target in ipairs(plan.quarantine and {} or plan.targets) do
      if not target.dropped_by then due = due + 1 end
    end
  end
  return plans, due
end

-- One delivery for each target; list is what comes before them on the event's. e is the event as it stands in the store.
local function deliver(e, targets, plan, list)
  local first = last_number + 1
  for _ = 1, #targets do list[#list + 1] = next_number() end
  redis.call('RPUSH', event_key(e.key), unpack(list))
  for i, target in ipairs(targets) do
    local d = {
      number = first + i - 1, event = e.key, session = target.session, kind = e.kind, type = e.type, source = e.source,
      id = e.id ~= e.key and e.id or nil, reply = e.reply, size = e.size, reason = plan.quarantine,
    }
    bear_for(d, target, arg(4) == '0')
    if plan.taken then take(d, plan.taken ~= '' and plan.taken or nil) end
  end
  return first
end

local function write_new(e, json, body, targets, plan, place)
  brought[e.key] = place
  local first = deliver(e, targets, plan, { json, body })
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

-- The sessions this append named, then those that had it before; without those that a rule dropped just now.
local function sessions_of(targets, had, fresh)
  local sessions, seen = {}, {}
  for _, target in ipairs(fresh) do
    if target.dropped_by then seen[target.session] = true end
  end
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
local function append(json, body, plan, place, has_stored)
  local e = plan.event
  local known = has_stored and e.key or find_earlier(e)
  local fresh, had = split(plan.targets, known)
  if not known then
    write_new(e, json, body, fresh, plan, place)
    return '0'
  end
  if #fresh > 0 then deliver(header(known), fresh, plan, {}) end
  return cjson.encode({ known, #fresh == 0 and known ~= e.key, sessions_of(plan.targets, had, fresh) })
end

local function note_claim(plan)
  if not plan.claim or redis.call('EXISTS', plan.claim) == 0 then return end
  for _, target in ipairs(plan.targets) do target.note = plan.claimed end
end

local list, row = arg(2), arg(3)
local plans, due = read_plans()
if unfinished + due > tonumber(arg(1)) then return { id, '', '"full"' } end
local is_resent = list ~= '' and is_stored(plans[1].event) -- a row is one event
if list ~= '' and not is_resent and redis.call('LREM', list, -1, row) == 0 then return { id, '', '"gone"' } end
local appended = {}
for i, plan in ipairs(plans) do
  local at = FIRST + (i - 1) * EACH
  note_claim(plan)
  appended[i] = append(arg(at), arg(at + 1), plan, i, is_resent or list == '' and is_stored(plan.event))
end
local batch, next_due
if waits and newer_fence() then waits = false end
if waits then
  batch, next_due = lease(arg(5), arg(6), arg(7), arg(8), arg(9), arg(10))
end
local reply = finish(id, '[' .. table.concat(appended, ',') .. ']')
if waits then reply[4] = lease_answer(arg(6), batch, next_due) end
return reply
