// What a terminal says of itself under its session's key, and what another one's words there are worth.
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { Reply } from "./resp.ts";

/** The lease's JSON. */
export interface Lease {
  sid: string;
  role: "central" | "satellite";
  host: string;
  pid: number;
  /** Milliseconds. */
  startedAt: number;
  cwd: string;
  state: "idle" | "busy";
  model: string;
  kind: string;
  nonce: string;
  /** Equal for two processes that see each other's pids. */
  machine?: string;
  name?: string;
}

export const CENTRAL = "gateway";
/** Bellhop counts on it too; the variable is for tests that have no time. */
export const LEASE_MS = Number(process.env.BELLHOP_LEASE_MS) || 15_000;

/** This machine, as a session id may name it. */
export const HOST = hostname().replace(/[^A-Za-z0-9._-]/g, "-").slice(0, 64) || "localhost";

/** A lease as JSON; undefined where there is none or it is no lease. */
export function readLease(reply: Reply): Lease | undefined {
  try {
    const lease = JSON.parse(String(reply));
    return typeof lease === "object" && lease !== null ? lease : undefined;
  } catch {
    return undefined;
  }
}

/** For a person: who holds it. */
export function describeLease(lease: Lease): string {
  const what = lease.kind === "bellhop" ? "Bellhop's own agent" : "a pi terminal";
  return `${what} (${lease.host ?? "?"}, pid ${lease.pid ?? "?"}${lease.cwd ? `, ${lease.cwd}` : ""})`;
}

/** Whether it is of a process that has ended. */
export function isDead(lease: Lease): boolean {
  // Without a view of processes to compare, a pid proves nothing: such a lease runs out.
  if (lease.host !== HOST || lease.kind !== "pi-terminal" || !lease.machine || lease.machine !== machine()) return false;
  // A lease of this very process number that is not ours is of a process before us.
  return lease.pid === process.pid || !isRunning(lease.pid);
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

let known: string | undefined;

/** The running system and its view of processes: containers share the first and not the second. Empty off Linux. */
export function machine(): string {
  if (known !== undefined) return known;
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    known = `${boot}/${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    known = "";
  }
  return known;
}
