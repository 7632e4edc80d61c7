"""Pushes and reads with redis-py: python3 redis_py.py PORT"""

import json
import sys
import time
import uuid

import redis

client = redis.Redis(host="127.0.0.1", port=int(sys.argv[1]))
pubsub = client.pubsub()
pubsub.subscribe("agent:notify:gateway")
assert pubsub.get_message(timeout=10)["type"] == "subscribe"

rows = [
    json.dumps({"id": str(uuid.uuid4()), "type": "client.test", "source": "python", "payload": {}, "ts": int(time.time() * 1000)})
    for _ in range(2)
]
pipeline = client.pipeline(transaction=False)
for row in rows:
    pipeline.lpush("agent:events:gateway", row)
pushed = pipeline.execute()
client.set("plain", b"\x00\xff", px=100000)
message = None
while message is None:
    message = pubsub.get_message(ignore_subscribe_messages=True, timeout=10)
print(
    json.dumps(
        {
            "pushed": [length >= 1 for length in pushed],
            "length": client.llen("agent:events:main"),
            "inOrder": [row.decode() for row in reversed(client.lrange("agent:events:main", 0, -1))] == rows,
            "deleted": client.delete("agent:events:main"),
            "left": client.lrange("agent:events:main", 0, -1),
            "sessions": sorted(member.decode() for member in client.smembers("agent:gateway:sessions")),
            "plain": client.get("plain") == b"\x00\xff",
            "heard": [message["channel"].decode(), message["data"].decode()],
        }
    )
)
