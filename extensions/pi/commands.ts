// What a person may ask of the gateway inside pi.
import { randomUUID } from "node:crypto";
import type { ExtensionAPI } from "@earendil-works/pi-coding-agent";
import { CENTRAL, describeLease, readLease } from "./lease.ts";
import { asError } from "./resp.ts";
import type { Terminal } from "./terminal.ts";

type Answer = (terminal: Terminal) => Promise<string>;

export function registerCommands(pi: ExtensionAPI, current: () => Terminal | undefined): void {
  const add = (name: string, description: string, answer: Answer) =>
    pi.registerCommand(name, {
      description,
      handler: async (_, ctx) => {
        const terminal = current();
        const text = terminal ? await answer(terminal).catch((error) => asError(error).message) : "not joined yet";
        ctx.ui.notify(text, "info");
      },
    });
  add("gateway-status", "This terminal on the gateway's bus", status);
  add("events", "What waits for this terminal, and what became of the last events", events);
  add("heartbeat", "Push a cron.heartbeat to the central session now", heartbeat);
}

async function status(terminal: Terminal): Promise<string> {
  const { membership, bus, lane, prefix } = terminal;
  const role = membership.isCentral ? "central" : "satellite";
  const lines = [`session: ${membership.sid} (${role})`, `bus: ${bus.address} ${bus.isUp ? "connected" : "away"}`];
  if (terminal.trouble) lines.push(`last trouble: ${terminal.trouble}`);
  const { hand } = lane;
  if (hand) lines.push(`in hand: ${hand.claim.event.type} (${hand.claim.event.source}), ${hand.phase}`);
  if (!bus.isUp) return lines.join("\n");
  const [lease, members] = await bus.run((commands) =>
    Promise.all([
      commands.call("GET", `${prefix}:session:${CENTRAL}`),
      commands.call("SMEMBERS", `${prefix}:gateway:sessions`),
    ]),
  );
  const holder = readLease(lease);
  lines.push(`central: ${holder ? describeLease(holder) : "nobody"}`);
  lines.push(`sessions: ${(members as Buffer[]).map(String).sort().join(", ")}`);
  lines.push(`waiting: ${await terminal.lane.waiting()}`);
  return lines.join("\n");
}

async function events(terminal: Terminal): Promise<string> {
  const waiting = terminal.bus.isUp ? String(await terminal.lane.waiting()) : "unknown, the bus is away";
  const past = terminal.lane.past.map(({ at, what, how }) => `${at.toTimeString().slice(0, 8)} ${what} ${how}`);
  return [`waiting: ${waiting}`, ...(past.length > 0 ? past : ["none was taken yet"])].join("\n");
}

async function heartbeat({ bus, prefix }: Terminal): Promise<string> {
  const event = { id: randomUUID(), type: "cron.heartbeat", source: "pi", payload: {}, ts: Date.now() };
  await bus.run(async (commands) => {
    await commands.call("LPUSH", `${prefix}:events:${CENTRAL}`, JSON.stringify(event));
    await commands.call("PUBLISH", `${prefix}:notify:${CENTRAL}`, JSON.stringify({ type: event.type }));
  });
  return "A cron.heartbeat is on its way to the central session.";
}
