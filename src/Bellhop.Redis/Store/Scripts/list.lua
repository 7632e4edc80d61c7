-- Deliveries, newest first: one stretch of them.
-- 1 older than this number  2 session ('' = all)  3 state (0 = all)  4 at most so many  5 "1": not what was put away
-- Answers [where the next stretch begins (0 = there is none), delivery, event, body, ...]

local before, session, state, limit, hide = tonumber(arg(1)), arg(2), tonumber(arg(3)), tonumber(arg(4)), arg(5) == '1'
local STRETCH = 2000 -- some milliseconds of everybody's time

local function newest(zset, count) return redis.call('ZREVRANGEBYSCORE', zset, '(' .. before, '-inf', 'LIMIT', 0, count) end

-- Numbers that may be shown, unsorted, and where to look for more (0 = nowhere).
local function unfinished(what, zsets)
  local numbers = {}
  for _, of in ipairs(session ~= '' and { session } or sessions_with(what)) do
    for _, zset in ipairs(zsets(of)) do
      for _, number in ipairs(newest(zset, STRETCH)) do numbers[#numbers + 1] = tonumber(number) end
    end
  end
  return numbers, 0
end

local function dead()
  local numbers = newest(key('dead'), STRETCH)
  for i, number in ipairs(numbers) do numbers[i] = tonumber(number) end
  return numbers, #numbers == STRETCH and numbers[STRETCH] or 0
end

local function all()
  local oldest = tonumber(redis.call('ZRANGE', key('arrivals'), 0, 0, 'WITHSCORES')[2] or before)
  local last = math.min(before - 1, tonumber(redis.call('HGET', key('meta'), 'number') or 0))
  local first = math.max(oldest, last - STRETCH + 1)
  local numbers = {}
  for number = last, first, -1 do numbers[#numbers + 1] = number end
  return numbers, first > oldest and first or 0
end

local function candidates()
  if state == ACCEPTED then return unfinished('accepted', function(of) return { key('accepted', of) } end) end
  if state == QUEUED then
    return unfinished('queued', function(of) return { key('lane', 0, of), key('lane', 1, of) } end)
  end
  if state == INJECTING or state == INJECTED then
    return unfinished('turn', function(of) return { key('hand', of) } end)
  end
  if state == DEAD then return dead() end
  return all()
end

local numbers, next = candidates()
table.sort(numbers, function(a, b) return a > b end)
local answer, shown = { next }, 0
for _, number in ipairs(numbers) do
  if shown == limit then break end
  local d = read(number)
  local fits = d and (session == '' or d.session == session) and (state == 0 or d.state == state)
  if fits and not (hide and d.away) then
    for _, part in ipairs(with_event(d)) do answer[#answer + 1] = part end
    shown = shown + 1
  end
end
if shown == limit then answer[1] = 0 end
return answer
