import { appendFileSync } from 'node:fs';
import { error, info, notice, setOutput, warning } from '@actions/core';
import type { ActionError } from '../errors.ts';
import { tellRunner } from '../github/command-files.ts';
import type { Facts } from '../status/facts.ts';
import type { Verdict } from '../status/verdict.ts';
import { plainText } from '../values/plain-text.ts';
import { annotationText } from './annotation.ts';
import { statusLines } from './log.ts';
import { outputs, withdrawn } from './outputs.ts';
import { summaryHtml } from './summary.ts';
import { TITLES } from './titles.ts';

/** What is told at the end of the step. */
export interface Conclusion {
  facts: Facts;
  verdict: Verdict;
  /** Where mondoo.yml stands; absent when the gate failed. */
  configPath: string | undefined;
}

/**
 * Tells the outcome: log, annotations, exit code, outputs.
 * @throws ActionError when there is no way any more for the outputs
 */
export function report({ facts, verdict, configPath }: Conclusion): void {
  for (const line of statusLines(facts, verdict)) info(line);
  annotate(verdict);
  const known = Object.entries(outputs(facts, verdict, configPath));
  tellRunner(() => {
    for (const [name, value] of known) setOutput(name, value);
  });
}

/** Tells what kept the outcome from being told, and fails the job. */
export function reportUntold(obstacle: ActionError, { passed }: Verdict): void {
  if (passed) annotate({ fatal: [obstacle], tolerated: [] });
  else info(plainText(`! ${obstacle.message}`, 1000));
  process.exitCode = 1;
  try {
    // As far as that goes: what was told before does not hold any more.
    for (const [name, value] of Object.entries(withdrawn(obstacle))) setOutput(name, value);
  } catch {
    // Where nothing can be told, there is nothing to take back either.
  }
}

function annotate({ fatal, tolerated }: Pick<Verdict, 'fatal' | 'tolerated'>): void {
  for (const problem of tolerated) {
    // What the workflow asked for is nothing to warn of.
    const tell = problem.code === 'skipped' ? notice : warning;
    tell(annotationText([problem], process.env), { title: TITLES[problem.code] });
  }
  const [gravest] = fatal;
  if (gravest) {
    // setFailed would print a second annotation.
    error(annotationText(fatal, process.env), { title: TITLES[gravest.code] });
    process.exitCode = 1;
  }
}

/** Writes the job summary. It is a courtesy: where the runner takes none, the verdict stands all the same. */
export function writeSummary({ facts, verdict, configPath }: Conclusion): void {
  const html = summaryHtml(facts, verdict, configPath, process.env);
  try {
    // Not by the toolkit, which does it while other things happen: a signal for one.
    appendFileSync(process.env.GITHUB_STEP_SUMMARY ?? '', html);
  } catch {
    warning('The job summary could not be written.');
  }
}
