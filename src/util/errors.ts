/** The findings and their titles, the gravest first. */
export const TITLES = {
  'invalid-input': 'Invalid input',
  'missing-credentials': 'No credentials provided',
  'invalid-credentials': 'Invalid credentials',
  'runner-error': 'Problem on the runner',
  unreachable: 'No valid response from Mondoo Platform',
  'not-serving': 'Mondoo Platform is not serving',
  unauthenticated: 'Mondoo Platform rejected the credentials',
  'permission-denied': 'The credentials have the wrong role',
  'clock-skew': 'The clock of the runner is wrong',
  unregistered: 'cnspec could not be registered',
  'cnspec-failed': 'cnspec failed or reported a different status',
  skipped: 'Skipped: this run has no access to secrets',
};

export type FindingCode = keyof typeof TITLES;

export const FINDINGS = Object.keys(TITLES) as readonly FindingCode[];

/** `message` has the cause, `remedy` the fix: no secrets. A parser's error quotes its input, so none becomes evidence. */
export class ActionError extends Error {
  readonly code: FindingCode;
  readonly remedy: string;
  readonly evidence?: string;

  constructor(code: FindingCode, message: string, remedy: string, evidence?: string) {
    super(message);
    this.name = 'ActionError';
    this.code = code;
    this.remedy = remedy;
    if (evidence) this.evidence = evidence;
  }
}

/** The code of an error of the system, such as `ENOSPC`. */
export function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}

/** Describes a bug by its kind and its stack only, as an exception's text can quote a secret. */
export function describeCrash(cause: unknown): string {
  const { name, message: text, stack = '' } = cause instanceof Error ? cause : { name: typeof cause, message: '' };
  const frames = stack
    .slice(stack.indexOf(text) + text.length)
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  const message = `This is a bug in the action (${name}). Report it in the repository of the action, with these lines.`;
  return [message, ...frames.slice(0, 5)].join('\n');
}
