-- Sends waiting deliveries elsewhere. For each: its number, [{session, known, note, dropped_by}], a note

local id, stop = start(false)
if stop then return stop end

local sent = 0
for i = 1, #ARGV - HEAD, 3 do
  local d, targets, note = read(arg(i)), cjson.decode(arg(i + 1)), arg(i + 2)
  if d and (d.state == ACCEPTED or d.state == QUEUED) then
    if d.handed then take_back(d) end
    d.reason, d.due = 'released', nil
    move(d, DROPPED, note)
    for _, target in ipairs(targets) do
      if not has_delivery(d.event, target.session) then bear_for(again(d, target.session), target) end
    end
    sent = sent + 1
  end
end
return finish(id, sent)
