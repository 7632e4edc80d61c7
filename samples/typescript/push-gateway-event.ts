// Pushes events to Bellhop. Needs nothing but fetch: Node 20 or newer, Bun, Deno. Copy it into your project.
//
//   import { pushGatewayEvent } from "./push-gateway-event.ts";
//   await pushGatewayEvent("download.complete", "my-script", { file: "video.mp4" });
//
// Or from a shell, with Node 22.6 or newer: node --experimental-strip-types push-gateway-event.ts TYPE [SOURCE [PAYLOAD]]

import { readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export interface GatewayEvent {
  id: string;
  type: string;
  source: string;
  payload: Record<string, unknown>;
  ts: number;
  originSession?: string;
}

const ATTEMPTS = 5;
const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 5_000;
const TIMEOUT_MS = 30_000;

/** Resolves once the event is on Bellhop's disk. Rejects with what to do about it. */
export async function pushGatewayEvent(
  type: string,
  source: string,
  payload: Record<string, unknown> = {},
  originSession: string | undefined = process.env.BELLHOP_SESSION,
): Promise<GatewayEvent> {
  // The id is made once, so that a second attempt is the same event.
  const event: GatewayEvent = { id: crypto.randomUUID(), type, source, payload, ts: Date.now() };
  if (originSession) event.originSession = originSession;
  for (let attempt = 1; ; attempt++) {
    const trouble = await attemptPush(event);
    if (trouble === undefined) return event;
    if (!trouble.passes || attempt >= ATTEMPTS) throw new Error(trouble.message);
    await new Promise((done) => setTimeout(done, Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS)));
  }
}

interface Trouble {
  message: string;
  /** True where the same may work a moment later. */
  passes: boolean;
}

async function attemptPush(event: GatewayEvent): Promise<Trouble | undefined> {
  const home = process.env.BELLHOP_HOME || join(homedir(), ".bellhop");
  try {
    // Read each time: a gateway that was started anew may listen elsewhere.
    const { http } = JSON.parse(readFileSync(join(home, "run", "endpoints.json"), "utf8"));
    const answer = await fetch(`${http}/v1/events`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${readFileSync(join(home, "token"), "utf8").trim()}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await answer.text();
    if (answer.ok) return undefined;
    return { message: `Bellhop refused: ${text}`, passes: answer.status === 429 || answer.status === 503 };
  } catch (error) {
    return { message: `Bellhop is not running in ${home} (${error}). Start it with 'bellhop up'.`, passes: true };
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) {
  const [type = "test", source = "push-gateway-event", payload = "{}"] = process.argv.slice(2);
  console.log(JSON.stringify(await pushGatewayEvent(type, source, JSON.parse(payload))));
}
