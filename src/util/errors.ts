/** The gravest first. */
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

export type FindingCode = (typeof FINDINGS)[number];

/**
 * An error for the person who reads the red run: `message` says what is wrong and how we know, `remedy` what to do.
 * Neither holds a secret, and a parser's error, which quotes its input, never becomes a `cause`.
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
