-- What every script of the store begins with. KEYS[1] is "{prefix}:bellhop", under which everything stands:
--   meta             hash    id, schema, and the counters number (of the last delivery), version, unfinished, dead
--   counts           hash    "accepted|queued|turn SESSION" -> how many deliveries of the session stand there
--   event:KEY        list    the event as JSON without its body, the body, then the numbers of its deliveries
--   delivery:N       string  one delivery as JSON
--   arrivals         zset    event keys by their first delivery's number
--   id:ID            zset    keys of the events with this producer's id, likewise (only ids that producers chose)
--   last:N:SOURCE:ID string  the newest of them from one source (N is the length of SOURCE)
--   accepted:SESSION zset    deliveries that wait for their session      lane:KIND:SESSION  zset   queued ones
--   hand:SESSION     zset    deliveries that the agent has or is given   turn:TURN          list   those of one turn
--   replies:TURN     hash    json, and by how many receipts it is shown  dead               zset   dead letters
--   sessions         hash    SESSION -> "member lastSeen"                fence              string see below
--   op:ID            string  what a finished call answered, for as long as it may be sent again
-- A script checks everything before its first write: Redis undoes nothing of a script that fails halfway.

local ACCEPTED, QUEUED, INJECTING, INJECTED, COMPLETED, DEAD, DROPPED = 1, 2, 3, 4, 5, 6, 7
local MAX_ROUNDS = 12 -- of a history; more than a healthy retry policy makes
local RESEND_MS = 3600000 -- how long an outage may last between a call's first sending and its last

local base = KEYS[1]
local prefix = base:sub(1, -(#':bellhop' + 1))
local now, schema, new_id, fence, served, op, resent = tonumber(ARGV[1]), tonumber(ARGV[2]), unpack(ARGV, 3, 7)
local HEAD = 7

local function arg(i) return ARGV[HEAD + i] end

local function key(...) return base .. ':' .. table.concat({ ... }, ':') end

-- The two that every script asks for again and again.
local function delivery_key(number) return base .. ':delivery:' .. number end

local function event_key(event) return base .. ':event:' .. event end

-- Reading ----------------------------------------------------------------------------------------------------------

-- What this script is going to write stands here until it does, under its number; and the places of new events in its call.
local kept, encoded, brought = {}, {}, {}

local function read(number)
  local changed = kept[tonumber(number)]
  if changed then return changed end
  local text = redis.call('GET', delivery_key(number))
  return text and cjson.decode(text) or nil
end

local function read_all(numbers)
  local all = {}
  for i = 1, #numbers do
    all[#all + 1] = read(numbers[i])
  end
  return all
end

local function header(event) return cjson.decode(redis.call('LINDEX', event_key(event), 0)) end

local function deliveries_of(event) return read_all(redis.call('LRANGE', event_key(event), 2, -1)) end

-- The key of the event that has this key (given where the text is one), or of the newest with this producer's id.
local function resolve(id, as_key)
  if as_key ~= '' and redis.call('EXISTS', event_key(as_key)) == 1 then return as_key end
  return redis.call('ZREVRANGE', key('id', id), 0, 0)[1]
end

local function is_stored(e) return redis.call('EXISTS', event_key(e.key)) == 1 end

-- The event of which this, which is not stored itself, is a repetition within its window.
local function find_earlier(e)
  if e.window <= 0 then return nil end
  local known = redis.call('GET', key('last', #e.source, e.source, e.id))
  if not known and #e.id == #e.key and redis.call('EXISTS', event_key(e.id)) == 1 then known = e.id end
  if not known then return nil end
  local first = header(known)
  return first.source == e.source and e.arrived - first.arrived < e.window and known or nil
end

-- A delivery as a caller gets it: its JSON, its event's, its event's body.
local function with_event(d)
  local event = redis.call('LRANGE', event_key(d.event), 0, 1)
  return { encoded[d] or cjson.encode(d), event[1], event[2] }
end

-- Sessions of which something is accepted, queued or in a turn.
local function sessions_with(what)
  local sessions, counts = {}, redis.call('HGETALL', key('counts'))
  for i = 1, #counts, 2 do
    if counts[i]:sub(1, #what + 1) == what .. ' ' then sessions[#sessions + 1] = counts[i]:sub(#what + 2) end
  end
  return sessions
end

local function by_number(rows)
  table.sort(rows, function(a, b) return a.number < b.number end)
  return rows
end
