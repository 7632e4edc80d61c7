// This terminal's lane: takes events one at a time, gives each to pi when it is idle, and says what became of it.
import type { Bus } from "./bus.ts";
import { Claims } from "./claims.ts";
import { Hand } from "./hand.ts";
import { CENTRAL, HOST } from "./lease.ts";
import type { Membership } from "./membership.ts";
import { Pace } from "./pace.ts";
import type { Connection } from "./resp.ts";
import type { Session } from "./session.ts";
import { recall } from "./turns.ts";

/** What became of an event, for `/events`. */
export interface Past {
  at: Date;
  what: string;
  how: string;
}

const MAX_PAST = 20;

export class Lane {
  readonly past: Past[] = [];
  hand: Hand | undefined;
  onTrouble: (error: unknown) => void = () => {};
  /** Central is to go to another terminal, and nothing in hand keeps it here. */
  makeWay: (commands: Connection, successor: string) => Promise<void> = async () => {};
  /** Central is free for this terminal, and nothing in hand keeps it a satellite. */
  rise: (commands: Connection) => Promise<void> = async () => {};

  #bus: Bus;
  #membership: Membership;
  #session: Session;
  #claims: Claims;
  #pace = new Pace(() => this.pump());
  #pumping = false;
  #again = false;

  constructor(prefix: string, bus: Bus, membership: Membership, session: Session) {
    [this.#bus, this.#membership, this.#session] = [bus, membership, session];
    this.#claims = new Claims(prefix, `pid ${process.pid} on ${HOST}`);
    this.#claims.ask = (turn) => session.becameOf(turn);
    this.#claims.onUnreadable = (reason) =>
      session.say(`An event that cannot be read was put away: ${reason}`, "warning");
  }

  /** The channels that say when something waits. */
  get channels(): string[] {
    return this.#claims.channels;
  }

  /** How many events wait. */
  waiting(): Promise<number> {
    return this.#bus.run((commands) => this.#claims.waiting(commands));
  }

  /** The session on the bus is ours, on this connection or for the first time. */
  async open(commands: Connection): Promise<void> {
    const { sid, isCentral } = this.#membership;
    if (this.hand?.claim.sid === CENTRAL && !isCentral) this.#forget("given up: another terminal is central");
    await this.#claims.open(commands, sid);
  }

  /** After a gap: whether what is in hand is still ours. */
  async keep(commands: Connection): Promise<void> {
    if (this.hand) await this.#keep(commands, this.hand);
  }

  /** A session of pi's began. A fork holds what was told before it, and so does one that is taken up again; a new one does not. */
  entered(): void {
    this.#pace.entered();
    const { hand } = this;
    if (!hand?.isElsewhere) return;
    const { told, isAnswered } = recall(hand.turns, (turn) => this.#session.becameOf(turn));
    this.hand = hand.again(told);
    if (isAnswered) this.hand.finish("completed", "answered in this session before");
  }

  /** It is replaced by another one in the same process. */
  replaced(): void {
    const { hand } = this;
    if (hand?.phase === "taken") hand.finish("completed", "the session was replaced during the turn");
    else if (hand && hand.phase !== "over") hand.isElsewhere = true;
  }

  /** The extension is loaded again. The transcript stays; how a run under way ends, nobody would hear. */
  reloaded(): Hand | undefined {
    if (this.hand?.phase === "taken") this.hand.settle();
    return this.hand;
  }

  stop(): void {
    this.#pace.stop();
  }

  /** Hands over what is in hand, to be handed back at the end of pi; this lane knows of it no more. */
  release(): Hand | undefined {
    const { hand } = this;
    this.hand = undefined;
    return hand;
  }

  /** pi ends. What was not told goes back; what was told stays claimed, for whoever opens this transcript again. */
  async handBack(commands: Connection, hand: Hand | undefined): Promise<void> {
    if (!hand || hand.isAborted || hand.isGone || hand.phase === "taken") return;
    if (hand.phase === "over") await this.#claims.finish(commands, hand.claim, hand.end, hand.isReported);
    else if (!hand.claim.told) await this.#claims.giveBack(commands, hand.claim);
  }

  /** Something was said on a channel. */
  woken(channel: string): void {
    this.#claims.prefer(channel);
    this.pump();
  }

  /** Two prompts that start in the same instant make pi lose one of them (seen in every version). */
  findLost(): void {
    const { hand } = this;
    if (hand?.isLost && this.#session.isIdle && !this.#session.hasPendingMessages) hand.phase = "claimed";
  }

  messageStarted(message: object): void {
    const { hand } = this;
    if (!hand || hand.phase === "over") return;
    if (hand.isPrompt(message)) hand.phase = "taken";
    else if (hand.phase === "taken" && !hand.isReported) this.pump();
  }

  messageEnded(message: object): void {
    this.hand?.hear(message);
    // pi writes the message down after it told us.
    if (this.hand?.isPrompt(message)) setImmediate(() => this.pump());
  }

  aborted(): void {
    this.#pace.aborted();
  }

  /** pi's run is over. */
  settled(): void {
    const { hand } = this;
    if (hand?.phase === "taken") this.#pace.turnEnded(hand.settle() && hand.end.state !== "dead");
    this.pump();
  }

  /** Does whatever is next, as often as there is something, never twice at a time. */
  pump(): void {
    this.#again = true;
    if (this.#pumping) return;
    this.#pumping = true;
    void this.#pumpAll()
      .catch((error) => this.onTrouble(error))
      .finally(() => {
        this.#pumping = false;
      });
  }

  async #pumpAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      if (this.#bus.isUp) await this.#step();
    }
  }

  async #step(): Promise<void> {
    await this.#settleUp();
    if (await this.#changedPlaces()) return;
    if (!this.#mayInject()) return;
    this.hand ??= await this.#claimNext();
    const { hand } = this;
    if (hand?.phase !== "claimed") return;
    if (hand.term !== this.#membership.term) await this.#bus.run((commands) => this.#keep(commands, hand));
    if (hand.isGone) return await this.#giveUp(hand);
    if (!hand.isWritten) await this.#bus.run((commands) => this.#claims.write(commands, hand.claim));
    hand.isWritten = true;
    // pi may have begun a run, or the session may have ended, while the bus answered.
    if (this.hand === hand && this.#mayInject()) this.#send(hand);
  }

  /** Tells the bus what it does not know yet. */
  async #settleUp(): Promise<void> {
    const { hand } = this;
    if (!hand) return;
    if (hand.phase === "taken" && !hand.isReported && this.#session.becameOf(hand.claim.turn) !== "no") {
      await this.#bus.run((commands) => this.#claims.injected(commands, hand.claim));
      hand.isReported = true;
    }
    if (hand.phase !== "over") return;
    if (hand.isAborted && !this.#pace.isNow) return; // pi may be on its way out
    const { state, note } = hand.end;
    // Of what is another's by now nothing is said that would take it back.
    const isReported = hand.isReported || hand.isGone;
    await this.#bus.run((commands) => this.#claims.finish(commands, hand.claim, hand.end, isReported));
    this.#forget(note ? `${state}: ${note}` : state);
    this.#again = true;
  }

  /**
   * Central goes to the terminal that was named for it, or comes to this one. False where neither is so, and while the
   * event in hand must come to its end first: whoever gets what the old session leaves would be told it again.
   */
  async #changedPlaces(): Promise<boolean> {
    const { hand } = this;
    const { successor, isRising } = this.#membership;
    if (!successor && !isRising) return false;
    if (hand && (hand.phase !== "claimed" || hand.claim.told)) return false;
    await this.#bus.run(async (commands) => {
      if (hand) await this.#claims.giveBack(commands, hand.claim);
      this.hand = undefined;
      if (successor) await this.makeWay(commands, successor);
      else await this.rise(commands);
    });
    return true;
  }

  #claimNext(): Promise<Hand | undefined> {
    return this.#bus.run(async (commands) => {
      const { term } = this.#membership;
      const claim = await this.#claims.next(commands);
      return claim ? new Hand(claim, term) : undefined;
    });
  }

  async #keep(commands: Connection, hand: Hand): Promise<void> {
    const { term } = this.#membership;
    const isTold = hand.phase !== "claimed" || hand.claim.told !== undefined;
    hand.isGone = !(await this.#claims.keep(commands, hand.claim, isTold, hand.isReported));
    hand.term = term;
  }

  async #giveUp(hand: Hand): Promise<void> {
    await this.#bus.run((commands) => this.#claims.forget(commands, hand.claim));
    this.#forget("given to another while this terminal was not heard of");
    this.#again = true;
  }

  #mayInject(): boolean {
    return this.#membership.isProven && this.#session.isIdle && this.#pace.isNow;
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

  #forget(how: string): void {
    const { hand } = this;
    if (!hand) return;
    this.past.push({ at: new Date(), what: `${hand.claim.event.type} (${hand.claim.event.source})`, how });
    if (this.past.length > MAX_PAST) this.past.shift();
    this.hand = undefined;
  }
}
