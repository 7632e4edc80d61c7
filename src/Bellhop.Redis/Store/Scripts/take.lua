-- A client of the session took these for good: all of a turn's steps at one instant. 1 note  2... numbers

local id, stop = start(false)
if stop then return stop end

local taken = 0
for i = 2, #ARGV - HEAD do
  local d = read(arg(i))
  if d and d.state == QUEUED then
    d.due = nil
    move(d, INJECTING)
    move(d, INJECTED)
    move(d, COMPLETED, arg(1))
    taken = taken + 1
  end
end
return finish(id, taken)
