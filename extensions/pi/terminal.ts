// One running pi on the bus: who it is there, from its first session to its last words.
import { randomUUID } from "node:crypto";
import type { ExtensionAPI, ExtensionContext } from "@earendil-works/pi-coding-agent";
import { Bus } from "./bus.ts";
import { findPrefix } from "./endpoint.ts";
import type { Hand } from "./hand.ts";
import { Lane } from "./lane.ts";
import { describeLease, type Lease } from "./lease.ts";
import { Membership, type Place, type Wish } from "./membership.ts";
import type { Connection } from "./resp.ts";
import { Session } from "./session.ts";
import { within } from "./within.ts";

/** What a reload hands on: the files of the extension may be others after it. */
export interface Carried {
  nonce: string;
  hand?: Hand;
  place?: Place;
}

const STATE_MS = 500;
const LAST_WORDS_MS = 1_500;

export class Terminal {
  readonly prefix = findPrefix();
  readonly bus: Bus;
  readonly membership: Membership;
  readonly lane: Lane;
  /** The last thing that went wrong. */
  trouble = "";

  #nonce: string;
  #wish: Wish;
  #session = new Session();
  #warning: string | undefined;
  #saidHolder = "";
  #started = false;
  #wasUp = false;
  #looking = false;
  #stateTimer: NodeJS.Timeout | undefined;
  #atExit = () => void this.#sayGoodbye().catch(() => {}); // nobody is left to hear of it

  constructor(wish: Wish, carried?: Carried) {
    this.#wish = wish;
    this.#nonce = carried?.nonce ?? randomUUID();
    this.membership = new Membership(this.prefix, wish, this.#nonce, carried?.place);
    process.env.BELLHOP_SESSION = this.membership.sid;
    this.#session.runs.onSettled = () => this.#settled();
    this.#session.onTrouble = (error) => this.#troubled(error);
    this.bus = new Bus({
      up: (commands) => this.#up(commands),
      down: (error) => this.#down(error),
      woken: (channel) => this.#woken(channel),
      tick: (commands) => this.#tick(commands),
    });
    this.lane = new Lane(this.prefix, this.bus, this.membership, this.#session);
    this.lane.hand = carried?.hand;
    this.lane.onTrouble = (error) => this.#troubled(error);
    this.lane.makeWay = (commands, successor) => this.#makeWay(commands, successor);
    this.lane.rise = (commands) => this.#rise(commands);
  }

  /** A session began. Comes twice for one session in some versions of pi. */
  enter(pi: ExtensionAPI, ctx: ExtensionContext): void {
    this.#session.enter(pi, ctx);
    this.lane.entered();
    this.#show();
    this.#warn();
    if (!this.#started) this.#start();
  }

  #start(): void {
    this.#started = true;
    this.bus.start();
    // A terminal window that was closed ends pi without a word to its extensions.
    process.on("exit", this.#atExit);
  }

  #stop(): void {
    process.off("exit", this.#atExit);
    this.lane.stop();
    clearTimeout(this.#stateTimer);
    this.#session.leave();
    this.bus.stop();
  }

  /** The session is replaced by another one in the same process. */
  exit(): void {
    this.lane.replaced();
    this.#session.leave();
    this.lane.pump();
  }

  /** The extension is loaded again, perhaps from other files. */
  reload(): Carried {
    const hand = this.lane.reloaded();
    this.#stop();
    return { nonce: this.#nonce, hand, place: this.membership.place };
  }

  async quit(): Promise<void> {
    // Waiting also keeps the process up: nothing else of ours does, and pi has let go of the terminal.
    await within(LAST_WORDS_MS, this.#sayGoodbye());
    this.#stop();
  }

  /** All of it is written in this very instant: at the end of a process there is no other. */
  async #sayGoodbye(): Promise<void> {
    const [hand, { commands }] = [this.lane.release(), this.bus];
    this.#session.leave();
    if (commands) await Promise.all([this.lane.handBack(commands, hand), this.membership.leave(commands)]);
  }

  runStarted(): void {
    this.#session.runs.started();
    this.#tellState();
  }

  /** One try of a run is over; how, says its last message. */
  runEnded(stopReason: string | undefined): void {
    if (stopReason === "aborted") this.lane.aborted();
    this.#session.runEnded(stopReason === "error");
  }

  runSettled(): void {
    this.#session.runs.settled();
  }

  compacting(now: boolean): void {
    this.#session.runs.compacting(now);
  }

  async #up(commands: Connection): Promise<void> {
    await this.membership.join(commands, this.#session.facts);
    await this.#joined(commands);
    this.trouble = "";
    this.#wasUp = true;
    this.#show();
    this.lane.pump();
  }

  /** The session is ours, on this connection or for the first time. */
  async #joined(commands: Connection): Promise<void> {
    const { sid, isCentral, heldBy } = this.membership;
    process.env.BELLHOP_SESSION = sid;
    await this.lane.open(commands);
    await this.bus.listen([...this.lane.channels, this.membership.channel]);
    await this.lane.keep(commands);
    if (heldBy && this.#wish === "central") this.#sayHolder(heldBy, sid);
    if (isCentral) this.#saidHolder = "";
  }

  #down(error: Error): void {
    this.trouble = error.message;
    if (!this.#wasUp) this.#warning ??= `Gateway extension running without Redis: ${error.message}`;
    this.#warn();
    this.#show();
  }

  async #tick(commands: Connection): Promise<void> {
    const wasCentral = this.membership.isCentral;
    if (await this.membership.renew(commands, this.#session.facts)) {
      const { heldBy, sid } = this.membership;
      await this.#joined(commands);
      if (wasCentral && heldBy && this.#wish !== "central") this.#sayHolder(heldBy, sid);
    }
    this.#show();
    this.lane.findLost();
    this.lane.pump();
  }

  #woken(channel: string): void {
    if (channel === this.membership.channel) this.#lookSoon();
    else this.lane.woken(channel);
  }

  /** Somebody came or left: what is ours may be another's now, or the other way round. */
  #lookSoon(): void {
    if (this.#looking) return;
    this.#looking = true;
    const looked = this.bus.run((commands) => {
      this.#looking = false; // what is said from here on needs another look
      return this.#tick(commands);
    });
    looked.catch((error) => {
      this.#looking = false;
      this.#troubled(error);
    });
  }

  async #makeWay(commands: Connection, successor: string): Promise<void> {
    await this.membership.makeWay(commands, this.#session.facts);
    await this.#joined(commands);
    const { sid, isCentral } = this.membership;
    if (!isCentral) this.#session.say(`The central session goes to ${successor}, as asked for; this terminal is ${sid}.`, "info");
    this.#show();
  }

  async #rise(commands: Connection): Promise<void> {
    if (await this.membership.rise(commands, this.#session.facts)) await this.#joined(commands);
    this.#show();
    this.lane.pump(); // what waits under the new names, or still under the old one
  }

  #settled(): void {
    this.lane.settled();
    this.#tellState();
  }

  /** Idle or busy, for whoever looks at the lease; a moment later, because events come and go faster than people look. */
  #tellState(): void {
    if (this.#stateTimer) return;
    this.#stateTimer = setTimeout(() => {
      this.#stateTimer = undefined;
      const told = this.bus.run((commands) => this.membership.refresh(commands, this.#session.facts));
      told.catch((error) => this.#troubled(error));
    }, STATE_MS);
    this.#stateTimer.unref();
  }

  #troubled(error: unknown): void {
    this.trouble = error instanceof Error ? error.message : String(error);
  }

  #sayHolder(lease: Lease, sid: string): void {
    if (this.#saidHolder === lease.nonce) return;
    this.#saidHolder = lease.nonce;
    const command = `bellhop sessions handover gateway --to ${sid}`;
    const mend = lease.kind === "bellhop" ? command : `${command}, or quit it there`;
    const who = `The central session is held by ${describeLease(lease)}; this terminal is ${sid}.`;
    this.#session.say(`${who} To change that: ${mend}`, "warning");
  }

  #show(): void {
    const { sid } = this.membership;
    this.#session.showStatus(this.bus.isUp ? `🔗 connected · ${sid}` : `🔌 bus away · ${sid}`);
  }

  /** Once, as soon as there is somebody to warn. */
  #warn(): void {
    if (!this.#warning || !this.#session.isThere) return;
    this.#session.say(this.#warning, "warning");
    this.#warning = "";
  }
}
