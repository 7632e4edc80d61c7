-- How everything stands. Answers [id, schema, version, unfinished, dead, {"accepted|queued|turn SESSION": count} flat]

local kept = redis.call('HMGET', key('meta'), 'id', 'schema', 'version', 'unfinished', 'dead')
return { kept[1] or '', kept[2] or 0, kept[3] or 0, kept[4] or 0, kept[5] or 0, redis.call('HGETALL', key('counts')) }
