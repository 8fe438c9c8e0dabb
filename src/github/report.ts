import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { addPath, endGroup, error, exportVariable, info, notice, setOutput, startGroup, warning } from '@actions/core';
import type { Job } from '../job.ts';
import { annotationText, type DocumentationLink } from '../report/annotation.ts';
import { findingTitle, titleOf } from '../report/facts.ts';
import { statusLines } from '../report/log.ts';
import { outputs, withdrawn } from '../report/outputs.ts';
import { summaryHtml } from '../report/summary.ts';
import { verdictInWords } from '../report/words.ts';
import type { Finding } from '../status/finding.ts';
import type { Result } from '../status/result.ts';
import type { Verdict } from '../status/verdict.ts';
import { errorCode } from '../util/errors.ts';
import { codeSpan } from '../util/text.ts';
import { log, WORDS } from './log.ts';
import { writeCommands } from './runner-files.ts';

/** What the job summary says after a success. */
const NEXT = "In later steps, run cnspec with `if: steps.<id>.outputs.status == 'ok'`; `<id>` is this step's `id:`.";

/**
 * Reports the outcome: log, annotations, outputs, later steps, and last the summary, which has all warnings.
 * @throws ActionError `runner-error` if the runner's files can't be written
 */
export function report(result: Result, found: Verdict, jobSummary: boolean, job: Pick<Job, 'env' | 'warn'>): void {
  const verdict = verdictInWords(found, WORDS);
  const linkTo = documentation(job.env);
  startGroup('Details, as `cnspec status` prints them');
  for (const line of statusLines(result, verdict)) info(line);
  endGroup();
  info(`${verdict.passed ? '→' : 'x'} ${titleOf(result, verdict)}`);
  annotate(verdict, linkTo);
  const { account, origin } = result;
  if (account && origin?.earlierFile) {
    notice(
      `An earlier step wrote ${codeSpan(origin.earlierFile)} from \`MONDOO_CONFIG_BASE64\`. This step only checked the account in it, \`${account.mrn}\`. To write another \`mondoo.yml\` or to register, set the input \`credentials\`.`,
    );
  }
  writeCommands(() => {
    for (const [name, value] of Object.entries(outputs(result, verdict))) setOutput(name, value);
    if (verdict.passed) exportToLaterSteps(result, job);
  });
  if (jobSummary) writeSummary(summaryHtml(result, verdict, linkTo, NEXT), job.env);
}

/** Reports why the outcome could not be reported. */
export function reportFailure(obstacle: Finding, { passed }: Verdict, env: NodeJS.ProcessEnv): void {
  if (passed) annotate({ fatal: [obstacle], tolerated: [] }, documentation(env));
  else log(`! ${obstacle.message}`);
  try {
    // What was reported before isn't true any more.
    for (const [name, value] of Object.entries(withdrawn(obstacle))) setOutput(name, value);
  } catch {
    // Then the first report wasn't written either.
  }
}

function annotate({ fatal, tolerated }: Pick<Verdict, 'fatal' | 'tolerated'>, linkTo: DocumentationLink): void {
  for (const finding of tolerated) {
    // What the workflow asked for needs no warning.
    const print = finding.code === 'skipped' ? notice : warning;
    print(annotationText([finding], linkTo), { title: findingTitle(finding, fatal) });
  }
  if (fatal[0]) error(annotationText(fatal, linkTo), { title: findingTitle(fatal[0], fatal) });
}

/** Makes the steps that follow use the cnspec that was installed, and mondoo.yml. */
function exportToLaterSteps({ installed, configPath, origin }: Result, job: Pick<Job, 'env' | 'warn'>): void {
  const { MONDOO_CONFIG_PATH: before, MONDOO_CONFIG_BASE64 } = job.env;
  if (configPath && before && before !== configPath) {
    notice(`\`MONDOO_CONFIG_PATH\` was ${codeSpan(before)}. For later steps, it is ${codeSpan(configPath)}.`);
  }
  if (installed) addPath(installed.folder);
  // Otherwise cnspec updates its engine.
  if (installed?.isPinned) exportVariable('MONDOO_AUTO_UPDATE_ENGINE', 'false');
  if (!configPath) return;
  if (MONDOO_CONFIG_BASE64) exportVariable('MONDOO_CONFIG_BASE64', '');
  // Last, as it can't be undone.
  exportVariable('MONDOO_CONFIG_PATH', configPath);
  if (MONDOO_CONFIG_BASE64) {
    const why = '`MONDOO_CONFIG_BASE64` overrides `mondoo.yml` in cnspec, so this step emptied it for later steps.';
    if (origin) notice(`${why} They use \`mondoo.yml\`.`);
    else job.warn(`${why} A step that sets the variable in its own \`env:\` still uses it. Remove it there.`);
  }
}

/** A summary that can't be written doesn't change the verdict. */
function writeSummary(html: string, { GITHUB_STEP_SUMMARY = '' }: NodeJS.ProcessEnv): void {
  try {
    // The toolkit writes it asynchronously, so that a signal could interleave.
    appendFileSync(GITHUB_STEP_SUMMARY, html);
  } catch (error) {
    warning(`The step could not write the job summary (${errorCode(error)}). The verdict is the same.`);
  }
}

/** Links to the documentation of the action's version, which may be in a subfolder of its repository. */
function documentation(env: NodeJS.ProcessEnv): DocumentationLink {
  const { GITHUB_ACTION_REPOSITORY: action, GITHUB_REPOSITORY, GITHUB_SERVER_URL: server, GITHUB_WORKSPACE } = env;
  // Empty for an action in the workflow's own repository.
  const repository = action || GITHUB_REPOSITORY;
  const ref = (action ? env.GITHUB_ACTION_REF : env.GITHUB_SHA) || 'HEAD';
  // The process runs dist/<entry>/index.js.
  const root = path.resolve(process.argv[1] ?? '', '../../..');
  const checkout = action ? path.join('_actions', action, ref) : GITHUB_WORKSPACE;
  const folder = (checkout && `${root}${path.sep}`.split(`${checkout}${path.sep}`)[1]) ?? '';
  const place = encodeURI(folder.replaceAll('\\', '/'));
  const base = repository && server ? `${server}/${repository}/blob/${ref}/${place}` : '';
  return (code) => `${base}docs/troubleshooting.md#${code}`;
}
