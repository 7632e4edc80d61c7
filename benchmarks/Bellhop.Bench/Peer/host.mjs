// Gives the extension the part of pi's API that it uses and passes its prompts on to an agent that speaks pi's RPC.
// Kinder than pi in two places, both in the peer's favour: a second message in one tick is not lost, and isIdle() is
// false as soon as a message was handed over.
//
//   node host.mjs <extension.ts> <agent command...>
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [extension, command, ...args] = process.argv.slice(2);
const agent = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
agent.on("exit", (code) => process.exit(code ?? 1));

const handlers = new Map();
const followUps = [];
let idle = true;
let prompts = 0;

function prompt(message) {
  idle = false;
  agent.stdin.write(JSON.stringify({ id: `p${++prompts}`, type: "prompt", message }) + "\n");
}

const ctx = {
  isIdle: () => idle,
  ui: { setStatus() {}, notify() {} },
};

const pi = {
  on(name, handler) {
    handlers.set(name, [...(handlers.get(name) ?? []), handler]);
  },
  sendUserMessage(text) {
    if (idle) prompt(text);
    else followUps.push(text);
  },
};

async function emit(name) {
  for (const handler of handlers.get(name) ?? []) await handler({ type: name }, ctx);
}

async function take(record) {
  if (record.type === "agent_end") await emit("agent_end");
  if (record.type !== "agent_settled") return;
  idle = true;
  if (followUps.length > 0) prompt(followUps.shift());
}

// Joined only when a line is whole: one prompt may be a hundred megabytes.
let pieces = [];
agent.stdout.setEncoding("utf8");
agent.stdout.on("data", (chunk) => {
  let start = 0;
  for (let end; (end = chunk.indexOf("\n", start)) >= 0; start = end + 1) {
    pieces.push(chunk.slice(start, end));
    take(JSON.parse(pieces.join("")));
    pieces = [];
  }
  pieces.push(chunk.slice(start));
});

(await import(pathToFileURL(extension).href)).default(pi);
await emit("session_start");
writeFileSync("ready", "");
