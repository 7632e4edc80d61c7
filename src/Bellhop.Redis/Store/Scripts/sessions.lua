-- Every session ever seen. Answers [session, "member lastSeen", ...]

return redis.call('HGETALL', key('sessions'))
