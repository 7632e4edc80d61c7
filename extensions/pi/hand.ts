// The one event that a terminal has in hand, from its claim to its end.
import type { Claim, End } from "./claims.ts";
import { goOn, markerOf, tell } from "./prompt.ts";
import { newTurn } from "./row.ts";
import { isAnswer, textOf } from "./transcript.ts";
import { turnsOf } from "./turns.ts";

/** claimed: not told yet · sent: handed to pi · taken: in the session · over: only the bus does not know yet. */
export type Phase = "claimed" | "sent" | "taken" | "over";

interface Message {
  role?: string;
  content?: unknown;
  stopReason?: string;
  errorMessage?: string;
}

const ATTEMPTS = 3;
const LOST_MS = 30_000;
const MOST_LOST_MS = 600_000;

export class Hand {
  claim: Claim;
  phase: Phase = "claimed";
  text: string;
  /** False while the bus does not know of the present turn. */
  isWritten = true;
  /** False while the bus does not know that the event was told. */
  isReported = false;
  /** Somebody took us for gone and gave it to another: who has not told it by now must not. */
  isGone = false;
  /** Its session was replaced. What the next one knows of it is asked when that is entered. */
  isElsewhere = false;
  /** The lease under which it was last seen to be ours. */
  term: number;
  end: End = { state: "completed" };

  #attempts = 0;
  #sends = 0;
  #sentAt = 0;
  #outcome: "answered" | "aborted" | string = "no answer";

  constructor(claim: Claim, term: number) {
    this.claim = claim;
    this.term = term;
    this.text = claim.told ? goOn(claim.told, claim.turn) : tell(claim.event, claim.turn, claim.begun);
  }

  /** Whether the run was aborted, by the person or by pi on its way out. */
  get isAborted(): boolean {
    return this.#outcome === "aborted";
  }

  /** All the prompts that it has had. */
  get turns(): string[] {
    return turnsOf(this.claim);
  }

  /** The same event for another session; `told` names the turn that told it there, if its transcript knows one. */
  again(told: string | undefined): Hand {
    const hand = new Hand({ ...this.claim, told, turn: newTurn(), turns: this.turns }, this.term);
    [hand.isWritten, hand.isGone] = [false, this.isGone];
    hand.isReported = this.isReported && told === (this.claim.told ?? this.claim.turn);
    if (told) hand.#attempts = this.#attempts;
    return hand;
  }

  /** Whether a message is this turn's prompt. */
  isPrompt(message: Message): boolean {
    return message.role === "user" && textOf(message.content).includes(markerOf(this.claim.turn));
  }

  send(): void {
    this.phase = "sent";
    this.#sends++;
    this.#sentAt = performance.now();
  }

  /** Whether it was sent so long ago that it should be in the session. Longer each time: a pi without a model takes none. */
  get isLost(): boolean {
    const patience = Math.min(LOST_MS * 2 ** (this.#sends - 1), MOST_LOST_MS);
    return this.phase === "sent" && performance.now() - this.#sentAt > patience;
  }

  /** What the agent said while this was in hand. What comes after the answer belongs to the next question. */
  hear(message: Message): void {
    if (this.phase !== "taken" || message.role !== "assistant" || this.#outcome === "answered") return;
    if (isAnswer(message.stopReason, message.content)) this.#outcome = "answered";
    else if (message.stopReason === "aborted") this.#outcome = "aborted";
    else if (message.stopReason === "error") this.#outcome = message.errorMessage ?? "the model failed";
    else this.#outcome = "no answer";
  }

  /** The run is over. False when it failed and is to be taken up again. */
  settle(): boolean {
    if (this.#outcome === "answered") return this.finish("completed");
    if (this.#outcome === "aborted") return this.finish("completed", "the turn was aborted");
    this.#attempts++;
    if (this.#attempts >= ATTEMPTS) return this.finish("dead", `the turn failed ${ATTEMPTS} times: ${this.#outcome}`);
    const told = this.claim.told ?? this.claim.turn;
    this.claim = { ...this.claim, told, turn: newTurn(), turns: this.turns };
    this.text = goOn(told, this.claim.turn);
    [this.phase, this.isWritten] = ["claimed", false];
    return false;
  }

  finish(state: End["state"], note?: string): true {
    this.end = { state, note };
    this.phase = "over";
    return true;
  }
}
