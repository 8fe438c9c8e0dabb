/** The time that some work has. */
export class Deadline {
  /** After it nothing new begins: the time is up, or nobody waits for the work any more. */
  readonly signal: AbortSignal;
  /** After it nothing goes on. */
  readonly endSignal: AbortSignal;
  private readonly end: number;
  private readonly over: AbortSignal | undefined;

  /**
   * @param timeout milliseconds from now
   * @param over aborts when nobody waits for the work any more
   * @param grace aborts when work is ended that `over` still lets go on
   */
  constructor(timeout: number, over?: AbortSignal, grace = over) {
    this.over = over;
    // Timers take whole milliseconds only.
    const timeUp = AbortSignal.timeout(Math.max(0, Math.ceil(timeout)));
    this.signal = AbortSignal.any(over ? [timeUp, over] : [timeUp]);
    this.endSignal = AbortSignal.any(grace ? [timeUp, grace] : [timeUp]);
    this.end = performance.now() + timeout;
  }

  /** Milliseconds that are left; none, or less than none, when nothing new may begin. */
  remaining(): number {
    const left = this.end - performance.now();
    // A timer may fire a moment early.
    return this.signal.aborted ? Math.min(left, 0) : left;
  }

  /** The same time, but work that is under way goes on until `grace` aborts. */
  withGrace(grace: AbortSignal): Deadline {
    return new Deadline(this.remaining(), this.over, grace);
  }
}
