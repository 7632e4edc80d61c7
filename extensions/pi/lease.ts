// Which session this terminal is, proven by a lease that it renews. See docs/extension.md for the keys.
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { endHandover, type Handover, readHandover } from "./handover.ts";
import type { Connection, Reply } from "./resp.ts";

/** What the person asked for: central, a satellite, or central if nobody else is. */
export type Wish = "central" | "satellite" | "either";

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

export class Membership {
  sid: string;
  /** Who kept us from being central; undefined where nobody did. */
  heldBy: Lease | undefined;
  /** Counts the times in which it was ours without a gap: in one, others may have taken us for gone. */
  term = 0;

  #prefix: string;
  #wish: Wish;
  #nonce: string;
  #provenAt = 0;
  #isBehindDead = false;
  /** From then on nothing is taken: a renewal under way would bring back what the goodbye gave up. */
  #hasLeft = false;
  #handover: Handover | undefined;

  constructor(prefix: string, wish: Wish, nonce: string) {
    [this.#prefix, this.#wish, this.#nonce] = [prefix, wish, nonce];
    this.sid = wish === "satellite" ? `pid-${process.pid}` : CENTRAL;
  }

  get isCentral(): boolean {
    return this.sid === CENTRAL;
  }

  /** The channel on which is said that somebody took or left a session, or shall do so. */
  get channel(): string {
    return `${this.#prefix}:sessions`;
  }

  /** The terminal that waits for us to let go of central; undefined where none does. */
  get successor(): string | undefined {
    return this.isCentral && this.#handover?.nonce !== this.#nonce ? this.#handover?.to : undefined;
  }

  /** False once the lease may have ended unseen: then nothing may be claimed under it. */
  get isProven(): boolean {
    return performance.now() - this.#provenAt < LEASE_MS;
  }

  /** Takes the best session that is free and keeps it. True when it is another one than before. */
  async join(commands: Connection, facts: Partial<Lease>): Promise<boolean> {
    await this.#look(commands);
    return await this.#join(commands, facts);
  }

  async #join(commands: Connection, facts: Partial<Lease>): Promise<boolean> {
    const before = this.sid;
    this.term++;
    for (const sid of this.#choices()) {
      const other = await this.#take(commands, sid, facts);
      if (sid === CENTRAL) this.#foundCentral(other);
      if (other) continue;
      this.sid = sid;
      await this.#register(commands, sid); // also where the lease is an old one: the set may have been lost
      if (this.isCentral && this.#isNamed) await this.#endHandover(commands);
      break;
    }
    return this.sid !== before;
  }

  /** Lets go of central for the terminal that was named for it. */
  async makeWay(commands: Connection, facts: Partial<Lease>): Promise<void> {
    await this.#release(commands, CENTRAL);
    await this.join(commands, facts);
  }

  /**
   * Keeps the lease. True when it is a new one: of another session, because this one was lost or a better one is free, or
   * of this one after a gap.
   */
  async renew(commands: Connection, facts: Partial<Lease>): Promise<boolean> {
    await this.#look(commands);
    if (!this.isCentral && this.#mayRise()) {
      const old = this.sid;
      if (await this.#join(commands, facts)) {
        await this.#release(commands, old);
        return true;
      }
      return false;
    }
    const { term } = this;
    const other = await this.#take(commands, this.sid, facts);
    if (other) return await this.#join(commands, facts);
    // A pi that was suspended for longer than its lease was taken for gone, and off the list.
    await this.#register(commands, this.sid);
    return this.term !== term;
  }

  /** Says what has changed about this terminal; finds nothing out. */
  async refresh(commands: Connection, facts: Partial<Lease>): Promise<void> {
    await this.#take(commands, this.sid, facts);
  }

  /** Ends the lease in order. Nothing is asked first: for as long as it is proven, nobody else can have it. */
  async leave(commands: Connection): Promise<void> {
    this.#hasLeft = true;
    if (!this.isProven) return;
    const { sid } = this;
    await Promise.all([commands.call("DEL", this.#key(sid)), this.#unregister(commands, sid), this.#tell(commands, sid)]);
  }

  get #isNamed(): boolean {
    return this.#handover?.nonce === this.#nonce;
  }

  /** A handover goes before what each terminal was told at its start. */
  get #mayBeCentral(): boolean {
    return this.#handover ? this.#isNamed : this.#wish !== "satellite";
  }

  #choices(): string[] {
    const own = `pid-${process.pid}`;
    // Two machines on one Redis may have a process of the same number.
    return [...(this.#mayBeCentral ? [CENTRAL] : []), own, `${HOST}/${own}`];
  }

  #foundCentral(other: Lease | undefined): void {
    this.heldBy = other;
    this.#isBehindDead = other?.host === HOST && !isRunning(other.pid);
  }

  /**
   * Who only would be central if nobody else was stays what he is. But a lease that was a dead one's when we came, and
   * had to run out where pids cannot be compared, kept nobody's place.
   */
  #mayRise(): boolean {
    if (this.#handover) return this.#isNamed;
    return this.#wish === "central" || (this.#wish === "either" && this.#isBehindDead);
  }

  async #look(commands: Connection): Promise<void> {
    this.#handover = await readHandover(commands, this.#prefix);
  }

  async #endHandover(commands: Connection): Promise<void> {
    await endHandover(commands, this.#prefix);
    this.#handover = undefined;
  }

  /** Who waits for a session, and every Bellhop, looks at once. */
  async #tell(commands: Connection, sid: string): Promise<void> {
    await commands.call("PUBLISH", this.channel, sid);
  }

  /** Undefined when the lease is ours now; otherwise whose it is. */
  async #take(commands: Connection, sid: string, facts: Partial<Lease>): Promise<Lease | undefined> {
    if (this.#hasLeft) return undefined;
    const key = this.#key(sid);
    const set = ["SET", key, JSON.stringify(this.#describe(sid, facts)), "PX", String(LEASE_MS)];
    const asked = performance.now();
    let isNew = true;
    if ((await commands.call(...set, "NX")) === null) {
      await commands.call("WATCH", key);
      const other = readLease(await commands.call("GET", key));
      if (other && other.nonce !== this.#nonce && !isDead(other)) {
        await commands.call("UNWATCH");
        return other;
      }
      if (this.#hasLeft) return undefined;
      isNew = other?.nonce !== this.#nonce;
      if ((await commands.transaction(set)) === null) return await this.#take(commands, sid, facts);
    }
    this.#provenAt = asked;
    if (isNew) this.term++;
    if (isNew) await this.#register(commands, sid);
    if (isNew) await this.#tell(commands, sid);
    return undefined;
  }

  async #release(commands: Connection, sid: string): Promise<void> {
    const key = this.#key(sid);
    await commands.call("WATCH", key);
    const held = readLease(await commands.call("GET", key));
    if (held?.nonce === this.#nonce) await commands.transaction(["DEL", key]);
    else await commands.call("UNWATCH");
    await this.#unregister(commands, sid);
    await this.#tell(commands, sid);
  }

  async #register(commands: Connection, sid: string): Promise<void> {
    if (this.#hasLeft) return;
    await commands.call("SADD", `${this.#prefix}:gateway:sessions`, sid);
  }

  /** Producers find central in the set at all times: its events wait. */
  async #unregister(commands: Connection, sid: string): Promise<void> {
    if (sid !== CENTRAL) await commands.call("SREM", `${this.#prefix}:gateway:sessions`, sid);
  }

  #key(sid: string): string {
    return `${this.#prefix}:session:${sid}`;
  }

  #describe(sid: string, facts: Partial<Lease>): Lease {
    return {
      sid,
      role: sid === CENTRAL ? "central" : "satellite",
      host: HOST,
      pid: process.pid,
      startedAt: Math.round(performance.timeOrigin),
      cwd: process.cwd(),
      state: "idle",
      model: "",
      kind: "pi-terminal",
      nonce: this.#nonce,
      machine: machine(),
      ...facts,
    };
  }
}

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

function isDead(lease: Lease): boolean {
  // Without a view of processes to compare, a pid proves nothing: such a lease runs out.
  if (lease.host !== HOST || lease.kind !== "pi-terminal" || !lease.machine || lease.machine !== machine()) return false;
  // A lease of this very process number that is not ours is of a process before us.
  return lease.pid === process.pid || !isRunning(lease.pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

let known: string | undefined;

/** The running system and its view of processes: containers share the first and not the second. Empty off Linux. */
function machine(): string {
  if (known !== undefined) return known;
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    known = `${boot}/${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    known = "";
  }
  return known;
}
