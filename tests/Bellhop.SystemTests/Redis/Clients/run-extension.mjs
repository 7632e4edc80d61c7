// Runs the gateway-setup skill's extension with a scripted agent: node run-extension.mjs COUNT [TURN_MS]
// Ends when every type t.1 to t.COUNT was handed to the agent, and prints how often each was. A busy agent's turn ends
// after a moment, as a real one's does.
import extension from "./extension.ts";

const count = Number(process.argv[2]);
const turn = Number(process.argv[3] ?? 20);
// The extension awaits nobody: what it deletes last is still on its way when the last turn ends.
const lastWords = 500;
const handlers = {};
const seen = new Map();
let idle = true;
const ctx = { isIdle: () => idle, ui: { setStatus: () => console.log("ready"), notify: console.error } };
const pi = {
  on: (name, handler) => (handlers[name] = handler),
  sendUserMessage: (prompt) => {
    for (const [, type] of prompt.matchAll(/\*\*\[[^\]]*\] (t\.\d+)\*\*/g)) seen.set(type, (seen.get(type) ?? 0) + 1);
    if (!idle) return;
    idle = false;
    setTimeout(async () => {
      idle = true;
      await handlers.agent_end();
      if (seen.size < count) return;
      console.log(JSON.stringify({ seen: seen.size, most: Math.max(...seen.values()) }));
      setTimeout(() => process.exit(0), lastWords);
    }, turn);
  },
};
extension(pi);
await handlers.session_start({}, ctx);
