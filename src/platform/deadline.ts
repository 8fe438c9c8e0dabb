/** The end of the time that the step may take. */
export class Deadline {
  /** Aborts when the time is up. */
  readonly signal: AbortSignal;
  private readonly end: number;

  /** @param timeout milliseconds from now */
  constructor(timeout: number) {
    this.signal = AbortSignal.timeout(timeout);
    this.end = performance.now() + timeout;
  }

  /** Milliseconds that are left; negative when the time is up. */
  remaining(): number {
    return this.end - performance.now();
  }
}
