import { median } from './statistics.ts';

/** One thing to measure: what it is called, and a run of it that tells its figure. */
export interface Candidate {
  name: string;
  run(): Promise<number>;
}

/**
 * Measures candidates in turn, so that a machine that slows down does so for all of them, and takes the median
 * of each. The first round only warms up.
 *
 * Benchmark libraries do not do this: tinybench and mitata run one task to its end before the next, within one
 * process, where a start of Node cannot be measured twice; hyperfine compares commands, but one after the other.
 */
export async function mediansInTurn(candidates: readonly Candidate[], runs: number): Promise<number[]> {
  const figures = candidates.map((): number[] => []);
  for (let round = 0; round <= runs; round++) {
    for (const [at, { run }] of candidates.entries()) {
      const figure = await run();
      if (round > 0) figures[at]?.push(figure);
    }
  }
  return figures.map(median);
}
