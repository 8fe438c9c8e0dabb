import type { Result } from '../status/result.ts';
import type { Verdict } from '../status/verdict.ts';

/** Titles of annotations and headings of summaries. */
export const TITLES: Record<Verdict['status'], string> = {
  ok: 'cnspec is registered',
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

export function titleOf({ registration }: Result, { status }: Verdict): string {
  return status === 'ok' && registration.clientMrn === undefined ? 'The credentials work' : TITLES[status];
}
