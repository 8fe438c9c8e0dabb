/** The end of the time that the step may take. */
export class Deadline {
  /** Aborts when the time is up. */
  readonly signal: AbortSignal;
  private readonly end: number;
  private readonly closing: AbortSignal | undefined;

  /**
   * @param timeout milliseconds from now
   * @param closing aborts when nothing more may be begun, although what is under way may go on
   */
  constructor(timeout: number, closing?: AbortSignal) {
    this.closing = closing;
    // Timers take whole milliseconds only.
    this.signal = AbortSignal.timeout(Math.ceil(timeout));
    this.end = performance.now() + timeout;
  }

  /** Whether nothing more may be begun. */
  get isClosed(): boolean {
    return this.closing?.aborted ?? false;
  }

  /** Milliseconds that are left; none, or less than none, when the time is up. */
  remaining(): number {
    const left = this.end - performance.now();
    // A timer may fire a moment early.
    return this.signal.aborted ? Math.min(left, 0) : left;
  }
}
