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

/** `message` has the cause, `remedy` the fix: no secrets. A parser's error quotes its input, so it is never a `cause`. */
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
