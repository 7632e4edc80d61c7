-- Moves the session's next batch to injecting.
-- 1 session  2 the turn's id  3 most events  4 most bytes  5 a body counts for at most  6 what each adds
-- Answers [turn, continues, delivery, event, body, ...], or ["", when something falls due] where there is nothing yet.
-- Sent again it answers the same lease.

local id, stop = start(true)
if stop then return stop end

local batch, next_due = lease(arg(1), arg(2), arg(3), arg(4), arg(5), arg(6))
return { id, publish(id), lease_answer(arg(2), batch, next_due) }
