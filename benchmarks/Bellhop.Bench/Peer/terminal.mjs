// A terminal without a model: gives an extension the part of pi's API that it uses, answers every prompt at once, and
// logs what it was told and when, in the words of the bench's PromptLog.
//
//   node terminal.mjs <extension.ts> <log folder>
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [extension, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const log = join(folder, `${process.hrtime.bigint()}-${process.pid}.log`);

const handlers = new Map();
const entries = [];
const waiting = [];
let idle = true;

const ctx = {
  cwd: process.cwd(),
  hasUI: true,
  isIdle: () => idle,
  hasPendingMessages: () => waiting.length > 0,
  sessionManager: { getEntries: () => entries, getSessionId: () => "bench" },
  ui: { setStatus() {}, notify() {} },
};

const pi = {
  on(name, handler) {
    handlers.set(name, [...(handlers.get(name) ?? []), handler]);
  },
  registerCommand() {},
  getSessionName: () => undefined,
  sendUserMessage(text) {
    waiting.push(text);
    if (idle) void run();
  },
};

async function emit(type, event = {}) {
  for (const handler of handlers.get(type) ?? []) await handler({ type, ...event }, ctx);
}

async function say(role, text) {
  const message = { role, content: [{ type: "text", text }], stopReason: role === "assistant" ? "stop" : undefined };
  await emit("message_start", { message });
  entries.push({ type: "message", message });
  await emit("message_end", { message });
  return message;
}

async function run() {
  idle = false;
  await emit("agent_start");
  while (waiting.length > 0) {
    const text = waiting.shift();
    note(text);
    await say("user", text);
    const answer = await say("assistant", "ok");
    if (waiting.length === 0) await emit("agent_end", { messages: [answer] });
  }
  idle = true;
  await emit("agent_settled");
}

function note(text) {
  const readAt = process.hrtime.bigint();
  const events = [...text.matchAll(/bench\.e(\d+)/g)].map((match) => Number(match[1]));
  appendFileSync(log, `${readAt}\t${Buffer.byteLength(text)}\t${[...new Set(events)].join(",")}\n`);
}

// Lives as long as the bench holds its input: an extension's own sockets need not keep a process up.
process.stdin.resume().on("end", () => process.exit());

(await import(pathToFileURL(extension).href)).default(pi);
await emit("session_start", { reason: "startup" });
writeFileSync(join(folder, "..", `ready-${process.pid}`), "");
