-- An event's receipt. 1 its key or its producer's id  2 the key, where 1 can be one
-- Answers [event, body, how many older ones have the same id, deliveries, each one's replies]; nil where unknown.

local event = resolve(arg(1), arg(2))
if not event then return nil end
local found = redis.call('LRANGE', event_key(event), 0, 1)
local ids = key('id', cjson.decode(found[1]).id)
local place = redis.call('ZSCORE', ids, event)
local deliveries, replies = {}, {}
for i, d in ipairs(by_number(deliveries_of(event))) do
  deliveries[i] = cjson.encode(d)
  replies[i] = d.turn and redis.call('HGET', key('replies', d.turn), 'json') or ''
end
return { found[1], found[2], place and redis.call('ZCOUNT', ids, '-inf', '(' .. place) or 0, deliveries, replies }
