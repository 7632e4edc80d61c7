-- Deletes what ended long ago, a slice at a time so that nothing waits long for it.
-- 1 behind this arrival  2 ended before  3 put away before (ms)
-- Answers {purged, last}: last is where the next slice begins; none behind the last that is old enough.
-- An event stays as long as one of its deliveries must, or as long as a repetition would have to be recognised.

local id, stop = start(true)
if stop then return stop end

local SLICE = 500
local ended_before, away_before = tonumber(arg(2)), tonumber(arg(3))

local function is_over(d)
  if d.state == COMPLETED or d.state == DROPPED then return d.at < ended_before end
  return d.state == DEAD and d.away and d.away < away_before
end

local function all_over(rows)
  for _, d in ipairs(rows) do
    if not is_over(d) then return false end
  end
  return true
end

-- A batch's answer is on the receipts of all its events.
local function show_replies_no_more(d)
  if d.state ~= COMPLETED or redis.call('EXISTS', key('replies', d.turn)) == 0 then return end
  if redis.call('HINCRBY', key('replies', d.turn), 'shown', -1) <= 0 then redis.call('DEL', key('replies', d.turn)) end
end

local function delete(event, e, rows)
  for _, d in ipairs(rows) do
    show_replies_no_more(d)
    if d.state == DEAD then redis.call('ZREM', key('dead'), d.number) end
    redis.call('DEL', delivery_key(d.number))
  end
  redis.call('DEL', event_key(event))
  redis.call('ZREM', key('arrivals'), event)
  redis.call('ZREM', key('id', e.id), event)
  local last = key('last', #e.source, e.source, e.id)
  if redis.call('GET', last) == event then redis.call('DEL', last) end
end

local slice = redis.call('ZRANGEBYSCORE', key('arrivals'), '(' .. arg(1), '+inf', 'WITHSCORES', 'LIMIT', 0, SLICE)
local purged, last = 0, nil
for i = 1, #slice, 2 do
  local event, e = slice[i], header(slice[i])
  -- No end to the slice: a producer's clock, or ours, may have been ahead for a while.
  if e.arrived < math.max(ended_before, away_before) then
    last = slice[i + 1]
    local rows = deliveries_of(event)
    if e.arrived + e.window <= now and all_over(rows) then
      delete(event, e, rows)
      purged = purged + 1
    end
  end
end
return finish(id, cjson.encode({ purged = purged, last = last and tonumber(last) }))
