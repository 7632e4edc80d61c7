// Pushes and reads with ioredis: node ioredis.mjs PORT
import Redis from "ioredis";

const port = Number(process.argv[2]);
const commands = new Redis({ host: "127.0.0.1", port });
const listener = new Redis({ host: "127.0.0.1", port });
const heard = new Promise((resolve) => listener.on("message", (channel, body) => resolve({ channel, body })));
const event = (id) => JSON.stringify({ id, type: "client.test", source: "ioredis", payload: { text: "grüße" }, ts: Date.now() });

await listener.subscribe("agent:notify:main");
await commands.sadd("agent:gateway:sessions", "pid-1");
const rows = [event(crypto.randomUUID()), event(crypto.randomUUID())];
const pushed = await commands.pipeline().lpush("agent:events:main", rows[0]).lpush("agent:events:main", rows[1]).exec();
await commands.set("plain", "value", "EX", 100);
const result = {
  pushed: pushed.map(([error, length]) => error ?? length >= 1),
  length: await commands.llen("agent:events:main"),
  inOrder: JSON.stringify((await commands.lrange("agent:events:main", 0, -1)).reverse()) === JSON.stringify(rows),
  deleted: await commands.del("agent:events:main"),
  left: await commands.lrange("agent:events:main", 0, -1),
  sessions: await commands.smembers("agent:gateway:sessions"),
  plain: await commands.get("plain"),
  transaction: await commands.multi().set("a", "1").get("a").exec(),
  heard: await heard,
};
console.log(JSON.stringify(result));
await commands.quit();
await listener.quit();
