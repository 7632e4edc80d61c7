-- The agent has the turn's prompt. 2 "1" where it told the events themselves  3 note

local wrong = other_than(INJECTING)
if wrong then return wrong end
for i, d in ipairs(rows) do
  if arg(2) == '1' then
    if d.told and d.told ~= turn then remember(d, d.told, d.slot) end
    d.told, d.slot = turn, i
  end
  move(d, INJECTED, arg(3))
end
return finish(id, #rows)
