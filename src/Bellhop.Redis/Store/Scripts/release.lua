-- Gives the turn's deliveries back without spending an attempt. 2 note  3 "1" where the transcript does not hold them

for i, d in ipairs(rows) do
  -- Its own gateway may have told it without coming to say so.
  if d.fence and d.fence ~= tonumber(fence) and d.told ~= turn then remember(d, turn, i) end
  if arg(3) == '1' then d.told = nil end
  move(d, QUEUED, arg(2))
end
return finish(id, #rows)
