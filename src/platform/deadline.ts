export class Deadline {
  /** Nothing new begins. */
  readonly signal: AbortSignal;
  /** Nothing continues. */
  readonly endSignal: AbortSignal;
  private readonly end: number;
  private readonly over: AbortSignal | undefined;
  // `AbortSignal.any` alone doesn't keep a timer from the garbage collector.
  private readonly timeUp: AbortSignal;

  /** @param timeout milliseconds from now */
  constructor(timeout: number, over?: AbortSignal, grace = over) {
    this.over = over;
    // Timers take whole milliseconds only.
    this.timeUp = AbortSignal.timeout(Math.max(0, Math.ceil(timeout)));
    this.signal = over ? AbortSignal.any([this.timeUp, over]) : this.timeUp;
    this.endSignal = grace ? AbortSignal.any([this.timeUp, grace]) : this.timeUp;
    this.end = performance.now() + timeout;
  }

  remaining(): number {
    const left = this.end - performance.now();
    // A timer may fire a moment early.
    return this.signal.aborted ? Math.min(left, 0) : left;
  }

  /** Lets current work continue until `grace` aborts. */
  withGrace(grace: AbortSignal): Deadline {
    return new Deadline(this.remaining(), this.over, grace);
  }
}
