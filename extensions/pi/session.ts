// pi's session of the moment, as far as this extension uses it. There may be none: one is replaced by the next.
import type { ExtensionAPI, ExtensionContext } from "@earendil-works/pi-coding-agent";
import type { Lease } from "./lease.ts";
import { Runs } from "./runs.ts";
import { whatBecameOf } from "./transcript.ts";
import type { Told } from "./turns.ts";

export class Session {
  readonly runs = new Runs();
  /** What went wrong between us and pi. */
  onTrouble: (error: unknown) => void = () => {};

  #pi: ExtensionAPI | undefined;
  #ctx: ExtensionContext | undefined;

  get isThere(): boolean {
    return this.#ctx !== undefined;
  }

  /** Nothing runs, nothing is compacted, and there is a session. */
  get isIdle(): boolean {
    return this.#ask(false, (ctx) => this.runs.isIdle(ctx));
  }

  /** Prompts that pi keeps for later. */
  get hasPendingMessages(): boolean {
    return this.#ask(false, (ctx) => ctx.hasPendingMessages());
  }

  /** What the lease says of this terminal. */
  get facts(): Partial<Lease> {
    return this.#ask<Partial<Lease>>({}, (ctx) => ({
      cwd: ctx.cwd,
      state: this.runs.isIdle(ctx) ? "idle" : "busy",
      model: ctx.model ? `${ctx.model.provider}/${ctx.model.id}` : "",
      name: this.#pi?.getSessionName() || undefined,
    }));
  }

  enter(pi: ExtensionAPI, ctx: ExtensionContext): void {
    [this.#pi, this.#ctx] = [pi, ctx];
  }

  leave(): void {
    this.#pi = this.#ctx = undefined;
    this.runs.forget();
  }

  /** `agent_end`. */
  runEnded(failed: boolean): void {
    this.runs.ended(failed, () => this.#ctx);
  }

  /** What the transcript knows of a turn. */
  becameOf(turn: string): Told {
    return this.#ask("no", (ctx) => whatBecameOf(turn, ctx.sessionManager.getEntries()));
  }

  /** followUp, because a question of the person's may have got in between: then it comes after that. */
  send(text: string): void {
    this.#pi?.sendUserMessage(text, { deliverAs: "followUp" });
  }

  say(text: string, kind: "info" | "warning"): void {
    this.#ask(undefined, (ctx) => ctx.ui.notify(text, kind));
  }

  showStatus(text: string): void {
    this.#ask(undefined, (ctx) => ctx.ui.setStatus("gateway", text));
  }

  /** A context goes stale when its session is replaced, and throws from then on. */
  #ask<T>(otherwise: T, ask: (ctx: ExtensionContext) => T): T {
    try {
      return this.#ctx ? ask(this.#ctx) : otherwise;
    } catch (error) {
      this.onTrouble(error);
      return otherwise;
    }
  }
}
