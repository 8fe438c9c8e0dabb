import { median } from './statistics.ts';

/** Something to measure: its name, and a run that returns its figure. */
export interface Candidate {
  name: string;
  run(): Promise<number>;
}

/**
 * Measures candidates in turn, so that a slower runner affects all of them. The first round only warms up.
 *
 * tinybench and mitata run each task to its end within one process, where Node can't start twice; hyperfine runs
 * commands one after the other.
 * @returns the figures of each candidate
 */
export async function figuresInTurn(candidates: readonly Candidate[], runs: number): Promise<number[][]> {
  const figures = candidates.map((): number[] => []);
  for (let round = 0; round <= runs; round++) {
    for (const [at, { run }] of candidates.entries()) {
      const figure = await run();
      if (round > 0) figures[at]?.push(figure);
    }
  }
  return figures;
}

export async function mediansInTurn(candidates: readonly Candidate[], runs: number): Promise<number[]> {
  return (await figuresInTurn(candidates, runs)).map(median);
}
