-- Makes an empty place ours, or finds it ours. Answers nothing: the id is in every reply.

local id, stop = start(false)
if stop then return stop end
return finish(id, 0)
