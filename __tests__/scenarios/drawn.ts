import fc from 'fast-check';

/** Set by vitest.config.ts; set it yourself to repeat a run. */
const SEED = Number(process.env.SEED);
const ALL = process.env.EXHAUSTIVE === 'true';

/** The part of a test title that shows which cases ran. */
export const DRAWN = ALL ? 'all cases' : `some cases, repeat with SEED=${SEED}`;

/** Draws a few cases, in their order; all of them in `npm run test:exhaustive`. */
export function drawn<T>(cases: T[], count: number): T[] {
  if (ALL || cases.length <= count) return cases;
  const [some = []] = fc.sample(fc.subarray(cases, { minLength: count, maxLength: count }), {
    seed: SEED,
    numRuns: 1,
  });
  return some;
}
