import fc from 'fast-check';

/** How many cases `npm run fuzz` tries each property with. */
const CASES = 10_000;

fc.configureGlobal({ numRuns: CASES });
