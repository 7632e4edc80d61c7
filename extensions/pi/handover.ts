// What a person asked for with `bellhop sessions handover gateway --to SID`: the terminal that shall be central next.
import { CENTRAL, readLease } from "./lease.ts";
import type { Connection, Reply } from "./resp.ts";

export interface Handover {
  /** The session that the named terminal has meanwhile. */
  to: string;
  /** Of its lease: a number of a process may be used again. */
  nonce: string;
}

/** The one that holds now; undefined where there is none, or where its terminal is gone. */
export async function readHandover(commands: Connection, prefix: string): Promise<Handover | undefined> {
  const handover = parse(await commands.call("GET", handoverKey(prefix)));
  if (!handover) return undefined;
  const lease = readLease(await commands.call("GET", `${prefix}:session:${handover.to}`));
  return lease?.nonce === handover.nonce ? handover : undefined;
}

/** It has happened. */
export async function endHandover(commands: Connection, prefix: string): Promise<void> {
  await commands.call("DEL", handoverKey(prefix));
}

const handoverKey = (prefix: string): string => `${prefix}:handover:${CENTRAL}`;

function parse(reply: Reply): Handover | undefined {
  try {
    const handover = JSON.parse(String(reply));
    return typeof handover?.to === "string" && typeof handover.nonce === "string" ? handover : undefined;
  } catch {
    return undefined;
  }
}
