import { expect } from 'vitest';

/** Waits for work to fail, and returns its error, which must be of this class. */
export async function rejectionOf<Kind extends Error>(
  work: Promise<unknown>,
  kind: abstract new (...given: never[]) => Kind,
): Promise<Kind> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (error) => error,
  );
  expect(error).toBeInstanceOf(kind);
  return error;
}
