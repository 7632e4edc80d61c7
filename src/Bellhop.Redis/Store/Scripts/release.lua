-- Gives the turn's deliveries back without spending an attempt. 2 note  3 "1" where the transcript does not hold them

for _, d in ipairs(rows) do
  if arg(3) == '1' then d.told = nil end
  move(d, QUEUED, arg(2))
end
return finish(id, #rows)
