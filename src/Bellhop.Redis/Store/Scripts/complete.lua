-- The turn ended well. 2 its replies as JSON ('' = none)  3 note

local wrong = other_than(INJECTED)
if wrong then return wrong end
for _, d in ipairs(rows) do move(d, COMPLETED, arg(3)) end
if arg(2) ~= '' then redis.call('HSET', key('replies', turn), 'json', arg(2), 'shown', #rows) end
return finish(id, #rows)
