// Which session this terminal is, proven by a lease that it renews. See docs/extension.md for the keys.
import { endHandover, type Handover, readHandover } from "./handover.ts";
import { CENTRAL, HOST, isDead, isRunning, type Lease, LEASE_MS, machine, readLease } from "./lease.ts";
import type { Connection } from "./resp.ts";

/** What the person asked for: central, a satellite, or central if nobody else is. */
export type Wish = "central" | "satellite" | "either";

/** What a terminal was before a reload. */
export interface Place {
  sid: string;
  isBehindDead: boolean;
}

export class Membership {
  sid: string;
  /** Who kept us from being central; undefined where nobody did. */
  heldBy: Lease | undefined;
  /** Counts the times in which it was ours without a gap: in one, others may have taken us for gone. */
  term = 0;
  /** Central is free, and this satellite's as soon as nothing in hand keeps it where it is. */
  isRising = false;

  #prefix: string;
  #wish: Wish;
  #nonce: string;
  #provenAt = 0;
  /** What it was before the gap. Undefined in the beginning: then it takes the best that is free. */
  #was: string | undefined;
  /** After a gap whoever was central has the time of a lease to come back. */
  #risesFrom = 0;
  #isBehindDead = false;
  /** From then on nothing is taken: a renewal under way would bring back what the goodbye gave up. */
  #hasLeft = false;
  #handover: Handover | undefined;

  constructor(prefix: string, wish: Wish, nonce: string, before?: Place) {
    [this.#prefix, this.#wish, this.#nonce] = [prefix, wish, nonce];
    [this.#was, this.#isBehindDead] = [before?.sid, before?.isBehindDead ?? false];
    this.sid = before?.sid ?? (wish === "satellite" ? `pid-${process.pid}` : CENTRAL);
  }

  /** What a reload hands on; undefined where there never was a bus. */
  get place(): Place | undefined {
    return this.#was === undefined ? undefined : { sid: this.#was, isBehindDead: this.#isBehindDead };
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

  /** Takes what it was before, or the best session that is free, and keeps it. */
  async join(commands: Connection, facts: Partial<Lease>): Promise<void> {
    if (this.#was && this.#was !== CENTRAL) this.#risesFrom = performance.now() + LEASE_MS;
    await this.#look(commands);
    await this.#join(commands, facts);
  }

  /** True when it is another one than before. */
  async #join(commands: Connection, facts: Partial<Lease>): Promise<boolean> {
    const before = this.sid;
    this.term++;
    for (const sid of this.#choices()) {
      const other = await this.#take(commands, sid, facts);
      if (sid === CENTRAL) this.#foundCentral(other);
      if (other) continue;
      await this.#settleIn(commands, sid);
      break;
    }
    return this.sid !== before;
  }

  async #settleIn(commands: Connection, sid: string): Promise<void> {
    this.sid = this.#was = sid;
    this.isRising = false;
    await this.#register(commands, sid); // also where the lease is an old one: the set may have been lost
    if (this.isCentral && this.#isNamed) await this.#endHandover(commands);
  }

  /** Lets go of central for the terminal that was named for it. */
  async makeWay(commands: Connection, facts: Partial<Lease>): Promise<void> {
    await this.#release(commands, CENTRAL);
    this.#was = undefined;
    await this.join(commands, facts);
  }

  /** Takes central, and then lets go of what it was. False where another one was faster. */
  async rise(commands: Connection, facts: Partial<Lease>): Promise<boolean> {
    const old = this.sid;
    this.isRising = false;
    const other = await this.#take(commands, CENTRAL, facts);
    this.#foundCentral(other);
    if (other) return false;
    await this.#settleIn(commands, CENTRAL);
    await this.#release(commands, old);
    return true;
  }

  /** Keeps the lease. True when it is a new one: of another session, because this one was lost, or of this one after a gap. */
  async renew(commands: Connection, facts: Partial<Lease>): Promise<boolean> {
    await this.#look(commands);
    this.isRising = !this.isCentral && this.#mayRise() && (await this.#isCentralFree(commands));
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

  /**
   * What it was comes first: the bus may have forgotten who had it, and whoever was quickest to come back would have
   * central. Who was a satellite rises later, if it is to.
   */
  #choices(): string[] {
    const own = `pid-${process.pid}`;
    const first = this.#was ?? (this.#mayBeCentral ? CENTRAL : own);
    // Two machines on one Redis may have a process of the same number.
    return [...new Set([first, own, `${HOST}/${own}`])];
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
    if (performance.now() < this.#risesFrom) return false;
    return this.#wish === "central" || (this.#wish === "either" && this.#isBehindDead);
  }

  async #isCentralFree(commands: Connection): Promise<boolean> {
    const other = readLease(await commands.call("GET", this.#key(CENTRAL)));
    const isFree = !other || other.nonce === this.#nonce || isDead(other);
    if (!isFree) this.#foundCentral(other);
    return isFree;
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
