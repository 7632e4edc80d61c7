-- Puts what is queued for a session, and not on its list yet, on its list, oldest first: no lane of ours serves it any more.
-- 1 session  2 behind this number  3 at most so many looked at
-- Answers {handed, last}: last is where the next slice begins; none behind the last.

local id, stop = start(true)
if stop then return stop end

local limit = tonumber(arg(3))
local rows, handed = {}, 0
for kind = 0, 1 do
  local lane = key('lane', kind, arg(1))
  local numbers = redis.call('ZRANGEBYSCORE', lane, '(' .. arg(2), '+inf', 'LIMIT', 0, limit)
  for _, d in ipairs(read_all(numbers)) do rows[#rows + 1] = d end
end
by_number(rows)
for i = 1, math.min(limit, #rows) do
  local d = rows[i]
  if not d.handed then
    hand_over(d)
    if d.handed then
      save(d)
      handed = handed + 1
    end
  end
end
return finish(id, cjson.encode({ handed = handed, last = #rows >= limit and rows[limit].number or nil }))
