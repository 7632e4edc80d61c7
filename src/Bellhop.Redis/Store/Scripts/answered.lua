-- The agent had the turn's prompt, and the turn ended well. 2 "1" where it told the events themselves
-- 3 its replies as JSON ('' = none)  4 note

local wrong = other_than(INJECTING)
if wrong then return wrong end
inject(arg(2) == '1')
complete(arg(3), arg(4))
return finish(id, #rows)
