// Whether pi is at work. Its versions say so differently: from 0.80.4 on `agent_settled` ends a run; before, `agent_end`
// does, unless a retry or a compaction follows it.
import type { ExtensionContext } from "@earendil-works/pi-coding-agent";

/** How soon after its end a run without `agent_settled` is looked at. */
const LOOK_MS = 100;
/** Longer than the longest pause that such a pi makes before it tries a failed request again. */
const RETRY_MS = 10_000;
/** A compaction that fails ends without a word there; hardly one takes longer. */
const COMPACTION_MS = 90_000;

export class Runs {
  /** A run has ended for good. */
  onSettled: () => void = () => {};

  #running = false;
  #compactingUntil = 0;
  #timer: NodeJS.Timeout | undefined;

  isIdle(ctx: ExtensionContext): boolean {
    return !this.#running && performance.now() > this.#compactingUntil && ctx.isIdle();
  }

  /** pi begins nothing while it compacts: however that went, it is over. */
  started(): void {
    clearTimeout(this.#timer);
    [this.#running, this.#compactingUntil] = [true, 0];
  }

  /** `agent_end`. */
  ended(failed: boolean, ctx: () => ExtensionContext | undefined): void {
    this.#look(failed ? RETRY_MS : LOOK_MS, ctx);
  }

  /** `agent_settled`, or a session that was replaced. */
  settled(): void {
    clearTimeout(this.#timer);
    this.#running = false;
    this.onSettled();
  }

  compacting(now: boolean): void {
    this.#compactingUntil = now ? performance.now() + COMPACTION_MS : 0;
  }

  forget(): void {
    clearTimeout(this.#timer);
    this.#running = false;
    this.#compactingUntil = 0;
  }

  #look(ms: number, ctx: () => ExtensionContext | undefined): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      try {
        const current = ctx();
        if (!current) return;
        if (current.isIdle() && performance.now() > this.#compactingUntil) this.settled();
        else this.#look(LOOK_MS, ctx);
      } catch {
        // A context that went stale between two looks: the session is being replaced, which settles it.
      }
    }, ms);
    this.#timer.unref();
  }
}
