-- Gives dead and dropped deliveries again, each once. 1 key or id  2 the key, where 1 can be one  3 session ('' = all)
-- Answers the sessions, or null where the event is unknown.

local id, stop = start(false)
if stop then return stop end

local event = resolve(arg(1), arg(2))
if not event then return finish(id, 'null') end
local sessions = {}
for _, d in ipairs(by_number(deliveries_of(event))) do
  -- What was only moved lives on where it went; its session may be gone, and nobody would take it there.
  local moved = d.reason == 'adopted' or d.reason == 'released'
  local ended = d.state == DEAD or (d.state == DROPPED and not moved)
  if ended and not d.replayed and (arg(3) == '' or d.session == arg(3)) then
    give_again(d, d.session, 'replay of delivery ' .. d.number, d.number)
    d.replayed = true
    put_away(d)
    save(d)
    sessions[#sessions + 1] = d.session
  end
end
return finish(id, #sessions > 0 and cjson.encode(sessions) or '[]')
