/**
 * Everything that the step can find, the gravest first: `status` is the first that holds.
 */
export const FINDINGS = [
  'invalid-input',
  'missing-credentials',
  'invalid-credentials',
  'runner-error',
  'unreachable',
  'not-serving',
  'unauthenticated',
  'permission-denied',
  'clock-skew',
  'unregistered',
  'cnspec-failed',
  'skipped',
] as const;

/** One of `FINDINGS`. */
export type FindingCode = (typeof FINDINGS)[number];

/**
 * An error whose text is written for the person who reads the red run.
 *
 * `message` says what is wrong and how we know; `remedy` says what to do. Neither may hold a byte of a
 * secret, and so a parser's error (YAML, JSON, URL, key), which quotes its input, never becomes a `cause`.
 */
export class ActionError extends Error {
  readonly code: FindingCode;
  readonly remedy: string;

  constructor(code: FindingCode, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ActionError';
    this.code = code;
    this.remedy = remedy;
  }
}
