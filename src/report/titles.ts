import type { FindingCode } from '../util/errors.ts';

/** Titles of annotations and headings of summaries. */
export const TITLES: Record<FindingCode | 'ok', string> = {
  ok: 'cnspec is registered',
  'invalid-input': 'An input of the step is not valid',
  'missing-credentials': 'There are no credentials',
  'invalid-credentials': 'The credentials are not usable',
  'runner-error': 'The runner keeps the step from its work',
  unreachable: 'Mondoo Platform gave no usable answer',
  'not-serving': 'Mondoo Platform is not serving',
  unauthenticated: 'The credentials are refused',
  'permission-denied': 'The credentials have the wrong role',
  'clock-skew': 'The clock of this machine is wrong',
  unregistered: 'cnspec could not be registered',
  'cnspec-failed': 'cnspec failed or does not agree',
  skipped: 'Skipped as GitHub gives this run no credentials',
};
