import type { Finding } from '../errors.ts';

/** Each verdict in a few words, for the title of an annotation and the head of the summary. */
export const TITLES: Record<Finding | 'ok', string> = {
  ok: 'cnspec is registered',
  'invalid-input': 'An input of the step is not valid',
  'missing-credentials': 'There are no credentials',
  'invalid-credentials': 'The credentials cannot work',
  unreachable: 'Mondoo Platform could not be reached',
  'not-serving': 'Mondoo Platform is not serving',
  unauthenticated: 'The credentials are refused',
  'permission-denied': 'The credentials lack the permission',
  'clock-skew': 'The clock of this machine is wrong',
  unregistered: 'cnspec could not be registered',
};
