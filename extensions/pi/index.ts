// The gateway extension for pi: joins this terminal to a bus, which is Redis, Valkey or Bellhop itself. See docs/extension.md.
//
// Nothing in here may throw into a timer or leave a rejection unheard: either would end the person's pi.
import type { ExtensionAPI, ExtensionContext } from "@earendil-works/pi-coding-agent";
import { registerCommands } from "./commands.ts";
import { readSingle, type Single } from "./home.ts";
import type { Wish } from "./membership.ts";
import { type Carried, Terminal } from "./terminal.ts";

/** Old versions of pi load the module again for every session, new ones call it again: this outlives both. */
interface Shared {
  terminal?: Terminal;
  carried?: Carried;
}

const NAME = Symbol.for("bellhop.gateway");
const shared = ((globalThis as Record<symbol, unknown>)[NAME] ??= {}) as Shared;

/** Of a pi that was not told what it is to be. */
const WISHES: Record<Single, Wish> = { auto: "either", on: "central", off: "satellite" };

/** Undefined where this pi is to stay off the bus. */
function wishOf(env: NodeJS.ProcessEnv): Wish | undefined {
  // Bellhop's own agent, and what it starts: it has its events from Bellhop.
  if (env.BELLHOP_RUN || env.GATEWAY_ROLE === "off") return undefined;
  if (!env.GATEWAY_ROLE) return WISHES[readSingle(env)];
  return env.GATEWAY_ROLE === "central" ? "central" : "satellite";
}

export default function gateway(pi: ExtensionAPI): void {
  const wish = wishOf(process.env);
  if (!wish) return;
  const current = () => shared.terminal;

  pi.on("session_start", (_, ctx) => {
    // Printing one answer and ending is no session that anybody could reach.
    if (!ctx.hasUI) return;
    shared.terminal ??= new Terminal(wish, shared.carried);
    shared.carried = undefined;
    shared.terminal.enter(pi, ctx);
  });
  pi.on("session_shutdown", async (event) => {
    const terminal = current();
    const reason = event.reason ?? "quit";
    if (reason === "quit" || reason === "reload") shared.terminal = undefined;
    if (reason === "quit") await terminal?.quit();
    else if (reason === "reload") shared.carried = terminal?.reload();
    else terminal?.exit();
  });

  pi.on("agent_start", () => current()?.runStarted());
  pi.on("agent_end", (event) => {
    const last = event.messages.findLast((message) => message.role === "assistant");
    current()?.runEnded((last as { stopReason?: string } | undefined)?.stopReason);
  });
  onNewer(pi, "agent_settled", () => current()?.runSettled());
  onNewer(pi, "session_compact_failed", () => current()?.compacting(false));
  pi.on("session_before_compact", ({ signal }) => {
    current()?.compacting(true);
    signal?.addEventListener("abort", () => current()?.compacting(false), { once: true });
  });
  pi.on("session_compact", () => current()?.compacting(false));
  pi.on("message_start", (event) => current()?.lane.messageStarted(event.message));
  pi.on("message_end", (event) => current()?.lane.messageEnded(event.message));

  registerCommands(pi, current);
}

/** Events that the older versions do not know, and never send. */
function onNewer(pi: ExtensionAPI, name: string, handler: (event: unknown, ctx: ExtensionContext) => void): void {
  (pi.on as (name: string, handler: (event: unknown, ctx: ExtensionContext) => void) => void)(name, handler);
}
