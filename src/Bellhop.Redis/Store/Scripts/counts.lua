-- How everything stands. Answers [id, schema, version, unfinished, dead, ["accepted|queued|turn SESSION", count, ...]]
-- The mark "ID VERSION" is published: whoever hears it and lacks a change up to that
-- number has missed that change.

local kept = redis.call('HMGET', key('meta'), 'id', 'schema', 'version', 'unfinished', 'dead')
for i = 1, #kept do kept[i] = kept[i] or (i == 1 and '' or 0) end
if kept[1] ~= '' then redis.call('PUBLISH', key('moves'), kept[1] .. ' ' .. kept[3]) end
return { kept[1], kept[2], kept[3], kept[4], kept[5], redis.call('HGETALL', key('counts')) }
