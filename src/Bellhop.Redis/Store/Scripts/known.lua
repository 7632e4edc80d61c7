-- The event of which this one would be a repetition. 1 its JSON
-- Answers [event, body]; nil where it would be the first.

local known = find_known(cjson.decode(arg(1)))
return known and redis.call('LRANGE', event_key(known), 0, 1) or nil
