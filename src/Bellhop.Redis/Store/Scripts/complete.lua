-- The turn ended well. 2 its replies as JSON ('' = none)  3 note

local wrong = other_than(INJECTED)
if wrong then return wrong end
complete(arg(2), arg(3))
return finish(id, #rows)
