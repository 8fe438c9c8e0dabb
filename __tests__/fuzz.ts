import fc from 'fast-check';

/** The number of cases for each property in `npm run fuzz`. */
const CASES = 10_000;

fc.configureGlobal({ numRuns: CASES });
