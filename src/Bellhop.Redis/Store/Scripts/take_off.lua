-- Takes a row off a session's list where the store has its event already. What we handed over with it may be handed over
-- again, should a terminal get the session once more.
-- 1 list  2 row  3 the event's key
-- Answers how many rows were taken.

local id, stop = start(false)
if stop then return stop end

local list, taken = arg(1), redis.call('LREM', arg(1), -1, arg(2))
for _, d in ipairs(deliveries_of(arg(3))) do
  local is_its = list == prefix .. ':events:' .. d.session or list == prefix .. ':claims:' .. d.session
  if d.handed and is_its then
    d.handed = nil
    save(d)
  end
end
return finish(id, taken)
