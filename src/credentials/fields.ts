import { ActionError } from '../util/errors.ts';

const COPY_AGAIN =
  'Copy the credentials again as the Mondoo Console shows them, from the first { to the last }, and store that as the secret.';

/** @param message may hold nothing of a secret */
export function invalid(message: string, remedy = COPY_AGAIN): ActionError {
  return new ActionError('invalid-credentials', message, remedy);
}

/** @returns nothing if the field is absent, empty or not text */
export function textOf(document: Record<string, unknown>, field: string): string | undefined {
  const value = document[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
