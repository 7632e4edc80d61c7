// When the next prompt may be sent: not into a beginning, not into a goodbye, and not at once after a turn that failed.

/** A session that just began may have a question of the person's waiting; it goes first. */
const SETTLE_IN_MS = 300;
const AFTER_ABORT_MS = 1_000;
/** A model that fails would otherwise burn everything that waits. */
const AFTER_FAILURE_MS = [5_000, 60_000];

export class Pace {
  #notBefore = 0;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #wake: () => void;

  constructor(wake: () => void) {
    this.#wake = wake;
  }

  /** True when it may be sent. Otherwise wakes when it may. */
  get isNow(): boolean {
    if (performance.now() >= this.#notBefore) return true;
    this.wakeInTime();
    return false;
  }

  wakeInTime(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#wake, Math.max(1, this.#notBefore - performance.now()));
    this.#timer.unref();
  }

  entered(): void {
    this.#rest(SETTLE_IN_MS);
    this.wakeInTime();
  }

  /** Whoever aborts has something else to say, or is leaving: pi aborts what runs when it is told to quit. */
  aborted(): void {
    this.#rest(AFTER_ABORT_MS);
  }

  turnEnded(well: boolean): void {
    this.#failures = well ? 0 : this.#failures + 1;
    if (!well) this.#rest(AFTER_FAILURE_MS[Math.min(this.#failures, AFTER_FAILURE_MS.length) - 1]!);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #rest(ms: number): void {
    this.#notBefore = Math.max(this.#notBefore, performance.now() + ms);
  }
}
