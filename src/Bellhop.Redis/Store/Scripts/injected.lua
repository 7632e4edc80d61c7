-- The agent has the turn's prompt. 2 "1" where it told the events themselves  3 note

local wrong = other_than(INJECTING)
if wrong then return wrong end
inject(arg(2) == '1', arg(3))
return finish(id, #rows)
