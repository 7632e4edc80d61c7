-- The event of which this one would be a repetition. 1 its JSON
-- Answers [event, body]; nil where it would be the first.

local e = cjson.decode(arg(1))
local known = is_stored(e) and e.key or find_earlier(e)
return known and redis.call('LRANGE', event_key(known), 0, 1) or nil
