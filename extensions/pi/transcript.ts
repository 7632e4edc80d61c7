// Asks pi's own session what became of a turn.
import type { ExtensionContext } from "@earendil-works/pi-coding-agent";
import { markerOf } from "./prompt.ts";
import type { Told } from "./turns.ts";

type Entry = ReturnType<ExtensionContext["sessionManager"]["getEntries"]>[number];
type Loose = { type: string; message?: { role?: string; content?: unknown; stopReason?: string } };

/** Whether the session holds a turn's prompt, and an answer that was finished after it. */
export function whatBecameOf(turn: string, entries: readonly Entry[]): Told {
  const marker = markerOf(turn);
  const asked = entries.findLastIndex((entry) => {
    const { message } = entry as Loose;
    return message?.role === "user" && textOf(message.content).includes(marker);
  });
  if (asked < 0) return "no";
  for (const entry of entries.slice(asked + 1) as Loose[]) {
    const { role, stopReason, content } = entry.message ?? {};
    // The next question: whatever is answered after it answers that one.
    if (role === "user") return "unanswered";
    if (role === "assistant" && isAnswer(stopReason, content)) return "answered";
  }
  return "unanswered";
}

/** A finished reply with words in it. */
export const isAnswer = (stopReason: string | undefined, content: unknown): boolean =>
  (stopReason === "stop" || stopReason === "length") && textOf(content).trim() !== "";

/** The words of a message's content, which is a text or a list of parts. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (part?.type === "text" ? String(part.text) : "")).join("");
}
