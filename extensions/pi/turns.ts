// The prompts that one event has had: in this transcript or another, of this life of the terminal or one before.

/** What a session's own transcript says of a turn. */
export type Told = "no" | "unanswered" | "answered";

/** Who has an event in hand knows of these, and so does what is written down of it. */
export interface Turns {
  /** Names the prompt that tells it, or goes on with it. */
  turn: string;
  /** The turn whose prompt told it, where that was cut short and this one goes on. Receipts name it: it is the event's. */
  told?: string;
  /** Those before this one, oldest first. */
  turns?: string[];
}

/** A transcript that comes back after so many prompts in others is told the event again. */
const MAX_TURNS = 16;

/** All of them, oldest first. */
export function turnsOf({ turn, told, turns = [] }: Turns): string[] {
  const all = [...turns, ...(told ? [told] : []), turn];
  return [...new Set(all)].slice(-MAX_TURNS);
}

/** What a transcript knows of them: which one told the event in it, and whether one was answered. */
export function recall(turns: string[], ask: (turn: string) => Told): { told?: string; isAnswered: boolean } {
  const said = turns.map(ask);
  return { told: turns.find((_, i) => said[i] !== "no"), isAnswered: said.includes("answered") };
}
