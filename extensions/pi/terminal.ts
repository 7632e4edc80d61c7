// One running pi on the bus: who it is there, and the one event it has in hand.
import { randomUUID } from "node:crypto";
import type { ExtensionAPI, ExtensionContext } from "@earendil-works/pi-coding-agent";
import { Bus } from "./bus.ts";
import { Claims } from "./claims.ts";
import { findPrefix } from "./endpoint.ts";
import { Hand } from "./hand.ts";
import { CENTRAL, describeLease, HOST, type Lease, Membership, type Wish } from "./lease.ts";
import { Pace } from "./pace.ts";
import type { Connection } from "./resp.ts";
import { Session } from "./session.ts";
import { within } from "./within.ts";

/** What a reload hands on: the files of the extension may be others after it. */
export interface Carried {
  nonce: string;
  hand?: Hand;
}

/** What became of an event, for `/events`. */
export interface Past {
  at: Date;
  what: string;
  how: string;
}

const STATE_MS = 500;
const LAST_WORDS_MS = 1_500;
const MAX_PAST = 20;

export class Terminal {
  readonly past: Past[] = [];
  readonly prefix = findPrefix();
  readonly bus: Bus;
  readonly membership: Membership;
  /** The last thing that went wrong. */
  trouble = "";
  hand: Hand | undefined;

  #nonce: string;
  #wish: Wish;
  #session = new Session();
  #claims: Claims;
  #warning: string | undefined;
  #saidHolder = "";
  #started = false;
  #wasUp = false;
  #pace = new Pace(() => this.#pump());
  #pumping = false;
  #looking = false;
  #again = false;
  #stateTimer: NodeJS.Timeout | undefined;
  #atExit = () => void this.#sayGoodbye().catch(() => {}); // nobody is left to hear of it

  constructor(wish: Wish, carried?: Carried) {
    this.#wish = wish;
    this.#nonce = carried?.nonce ?? randomUUID();
    this.hand = carried?.hand;
    this.membership = new Membership(this.prefix, wish, this.#nonce);
    process.env.BELLHOP_SESSION = this.membership.sid;
    this.#claims = new Claims(this.prefix, `pid ${process.pid} on ${HOST}`);
    this.#claims.ask = (turn) => this.#session.becameOf(turn);
    this.#claims.session = () => this.#session.id;
    this.#claims.onUnreadable = (reason) =>
      this.#session.say(`An event that cannot be read was put away: ${reason}`, "warning");
    this.#session.runs.onSettled = () => this.#settled();
    this.#session.onTrouble = (error) => this.#troubled(error);
    this.bus = new Bus({
      up: (commands) => this.#up(commands),
      down: (error) => this.#down(error),
      woken: (channel) => this.#woken(channel),
      tick: (commands) => this.#tick(commands),
    });
  }

  /** How many events wait for this session. */
  waiting(): Promise<number> {
    return this.bus.run((commands) => this.#claims.waiting(commands));
  }

  /** A session began. Comes twice for one session in some versions of pi. */
  enter(pi: ExtensionAPI, ctx: ExtensionContext): void {
    this.#session.enter(pi, ctx);
    this.#pace.entered();
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
    this.#pace.stop();
    clearTimeout(this.#stateTimer);
    this.#session.leave();
    this.bus.stop();
  }

  /** The session is replaced by another one in the same process. */
  exit(): void {
    if (this.hand?.phase === "taken") this.hand.finish("completed", "the session was replaced during the turn");
    else if (this.hand && this.hand.phase !== "over") this.hand = this.hand.afresh();
    this.#session.leave();
    this.#pump();
  }

  /** The extension is loaded again, perhaps from other files. */
  reload(): Carried {
    this.exit();
    this.#stop();
    return { nonce: this.#nonce, hand: this.hand };
  }

  /** pi ends. What was not told goes back; what was told stays claimed, for whoever opens this transcript again. */
  async quit(): Promise<void> {
    // Waiting also keeps the process up: nothing else of ours does, and pi has let go of the terminal.
    await within(LAST_WORDS_MS, this.#sayGoodbye());
    this.#stop();
  }

  /** All of it is written in this very instant: at the end of a process there is no other. */
  async #sayGoodbye(): Promise<void> {
    const [hand, { commands }] = [this.hand, this.bus];
    this.hand = undefined;
    this.#session.leave();
    if (commands) await Promise.all([this.#handBack(commands, hand), this.membership.leave(commands)]);
  }

  async #handBack(commands: Connection, hand: Hand | undefined): Promise<void> {
    if (!hand || hand.isAborted || hand.isGone || hand.phase === "taken") return;
    if (hand.phase === "over") await this.#claims.finish(commands, hand.claim, hand.end.state, hand.end.note);
    else if (!hand.claim.told) await this.#claims.giveBack(commands, hand.claim);
  }

  runStarted(): void {
    this.#session.runs.started();
    this.#tellState();
  }

  /** One try of a run is over; how, says its last message. */
  runEnded(stopReason: string | undefined): void {
    if (stopReason === "aborted") this.#pace.aborted();
    this.#session.runEnded(stopReason === "error");
  }

  runSettled(): void {
    this.#session.runs.settled();
  }

  compacting(now: boolean): void {
    this.#session.runs.compacting(now);
  }

  messageStarted(message: object): void {
    const hand = this.hand;
    if (!hand || hand.phase === "over") return;
    if (hand.isPrompt(message)) hand.phase = "taken";
    else if (hand.phase === "taken" && !hand.isReported) this.#pump();
  }

  messageEnded(message: object): void {
    this.hand?.hear(message);
    // pi writes the message down after it told us.
    if (this.hand?.isPrompt(message)) setImmediate(() => this.#pump());
  }

  async #up(commands: Connection): Promise<void> {
    await this.membership.join(commands, this.#session.facts);
    await this.#joined(commands);
    this.trouble = "";
    this.#wasUp = true;
    this.#show();
    this.#pump();
  }

  /** The session is ours, on this connection or for the first time. */
  async #joined(commands: Connection): Promise<void> {
    const { sid, isCentral, heldBy } = this.membership;
    process.env.BELLHOP_SESSION = sid;
    if (this.hand?.claim.sid === CENTRAL && !isCentral) this.#forgetHand("given up: another terminal is central");
    await this.#claims.open(commands, sid);
    await this.bus.listen([...this.#claims.channels, this.membership.channel]);
    if (this.hand) await this.#keep(commands, this.hand);
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
    this.#findLost();
    this.#pump();
  }

  #woken(channel: string): void {
    if (channel === this.membership.channel) return this.#lookSoon();
    this.#claims.prefer(channel);
    this.#pump();
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

  /** Does whatever is next, as often as there is something, never twice at a time. */
  #pump(): void {
    this.#again = true;
    if (this.#pumping) return;
    this.#pumping = true;
    void this.#pumpAll()
      .catch((error) => this.#troubled(error))
      .finally(() => {
        this.#pumping = false;
      });
  }

  async #pumpAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      if (this.bus.isUp) await this.#step();
    }
  }

  async #step(): Promise<void> {
    await this.#settleUp();
    if (this.membership.successor && (await this.#madeWay(this.membership.successor))) return;
    if (!this.#mayInject()) return;
    this.hand ??= await this.#claimNext();
    const hand = this.hand;
    if (hand?.phase !== "claimed") return;
    if (hand.term !== this.membership.term) await this.bus.run((commands) => this.#keep(commands, hand));
    if (hand.isGone) return await this.#giveUp(hand);
    if (!hand.isWritten) await this.bus.run((commands) => this.#claims.write(commands, hand.claim));
    hand.isWritten = true;
    // pi may have begun a run, or the session may have ended, while the bus answered.
    if (this.hand === hand && this.#mayInject()) this.#send(hand);
  }

  /** Tells the bus what it does not know yet. */
  async #settleUp(): Promise<void> {
    const hand = this.hand;
    if (!hand) return;
    if (hand.phase === "taken" && !hand.isReported && this.#session.becameOf(hand.claim.turn) !== "no") {
      await this.bus.run((commands) => this.#claims.injected(commands, hand.claim));
      hand.isReported = true;
    }
    if (hand.phase !== "over") return;
    if (hand.isAborted && !this.#pace.isNow) return; // pi may be on its way out
    const { state, note } = hand.end;
    await this.bus.run((commands) => this.#claims.finish(commands, hand.claim, state, note));
    this.#forgetHand(note ? `${state}: ${note}` : state);
    this.#again = true;
  }

  /** Central goes to the terminal that was named for it. False while the event in hand must come to its end first. */
  async #madeWay(successor: string): Promise<boolean> {
    const { hand } = this;
    if (hand && (hand.phase !== "claimed" || hand.claim.told)) return false;
    await this.bus.run(async (commands) => {
      if (hand) await this.#claims.giveBack(commands, hand.claim);
      this.hand = undefined;
      await this.membership.makeWay(commands, this.#session.facts);
      await this.#joined(commands);
    });
    const { sid, isCentral } = this.membership;
    if (!isCentral) this.#session.say(`The central session goes to ${successor}, as asked for; this terminal is ${sid}.`, "info");
    this.#show();
    return true;
  }

  #claimNext(): Promise<Hand | undefined> {
    return this.bus.run(async (commands) => {
      const { term } = this.membership;
      const claim = await this.#claims.next(commands);
      return claim ? new Hand(claim, term) : undefined;
    });
  }

  async #keep(commands: Connection, hand: Hand): Promise<void> {
    const { term } = this.membership;
    const isTold = hand.phase !== "claimed" || hand.claim.told !== undefined;
    hand.isGone = !(await this.#claims.keep(commands, hand.claim, isTold));
    hand.term = term;
  }

  async #giveUp(hand: Hand): Promise<void> {
    await this.bus.run((commands) => this.#claims.forget(commands, hand.claim));
    this.#forgetHand("given to another while this terminal was not heard of");
    this.#again = true;
  }

  #mayInject(): boolean {
    return this.membership.isProven && this.#session.isIdle && this.#pace.isNow;
  }

  #send(hand: Hand): void {
    hand.send();
    try {
      this.#session.send(hand.text);
    } catch (error) {
      hand.phase = "claimed";
      throw error;
    }
  }

  #settled(): void {
    const hand = this.hand;
    if (hand?.phase === "taken") {
      this.#pace.turnEnded(hand.settle() && hand.end.state !== "dead");
    }
    this.#pump();
    this.#tellState();
  }

  /** Two prompts that start in the same instant make pi lose one of them (seen in every version). */
  #findLost(): void {
    const { hand } = this;
    if (hand?.isLost && this.#session.isIdle && !this.#session.hasPendingMessages) hand.phase = "claimed";
  }

  #forgetHand(how: string): void {
    const { hand } = this;
    if (!hand) return;
    this.past.push({ at: new Date(), what: `${hand.claim.event.type} (${hand.claim.event.source})`, how });
    if (this.past.length > MAX_PAST) this.past.shift();
    this.hand = undefined;
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
