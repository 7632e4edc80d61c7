-- Puts an event's dead letters away: they stay dead. 1 key or id  2 the key, where 1 can be one
-- Answers how many, or null where the event is unknown.

local id, stop = start(false)
if stop then return stop end

local event = resolve(arg(1), arg(2))
if not event then return finish(id, 'null') end
local away = 0
for _, d in ipairs(deliveries_of(event)) do
  if put_away(d) then
    save(d)
    away = away + 1
  end
end
return finish(id, away)
