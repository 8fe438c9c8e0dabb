import { error, info, notice, setOutput, summary, warning } from '@actions/core';
import type { ActionError } from '../errors.ts';
import type { Facts } from '../status/facts.ts';
import type { Verdict } from '../status/verdict.ts';
import { annotationText } from './annotation.ts';
import { statusLines } from './log.ts';
import { outputs } from './outputs.ts';
import { summaryHtml } from './summary.ts';
import { TITLES } from './titles.ts';

/** What is told at the end of the step. */
export interface Conclusion {
  facts: Facts;
  verdict: Verdict;
  /** Where mondoo.yml stands; absent when the gate failed. */
  configPath: string | undefined;
  jobSummary: boolean;
}

/** Tells the outcome in every way there is: log, outputs, summary, annotations, exit code. */
export async function report({ facts, verdict, configPath, jobSummary }: Conclusion): Promise<void> {
  for (const line of statusLines(facts, verdict)) info(line);
  for (const [name, value] of Object.entries(outputs(facts, verdict, configPath))) setOutput(name, value);
  if (jobSummary) await writeSummary(summaryHtml(facts, verdict, configPath, process.env));

  for (const problem of verdict.tolerated) {
    // What the workflow asked for is nothing to warn of.
    const tell = problem.code === 'skipped' ? notice : warning;
    tell(annotationText([problem], process.env), { title: TITLES[problem.code] });
  }
  const [gravest] = verdict.fatal;
  if (gravest) {
    // setFailed would print a second annotation.
    error(annotationText(verdict.fatal, process.env), { title: TITLES[gravest.code] });
    process.exitCode = 1;
  }
}

/** Tells what kept the outcome from being told, in the one way that takes no file, and fails the job. */
export function reportUntold(failure: ActionError): void {
  error(annotationText([failure], process.env), { title: 'The outcome could not be told' });
  process.exitCode = 1;
}

/** The summary is a courtesy: where the runner takes none, the verdict stands all the same. */
async function writeSummary(html: string): Promise<void> {
  try {
    await summary.addRaw(html).write();
  } catch {
    warning('The job summary could not be written.');
  }
}
