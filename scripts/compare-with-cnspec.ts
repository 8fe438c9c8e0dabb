/**
 * Runs the built action and the cnspec on PATH in the four outcomes of `cnspec status` that its documentation shows
 * ("Register cnspec Using a Credentials File"), and fails if the two report different results. The platform is the
 * simulator.
 */

import { parseArgs } from 'node:util';
import { startPlatform } from '../simulator/platform.ts';
import { formatTable } from '../simulator/presentation.ts';
import { createJob, type Step } from '../simulator/runner.ts';
import type { Sandbox } from '../simulator/sandbox.ts';
import { findScenario } from '../simulator/scenarios.ts';
import { runCommand, UsageError } from '../simulator/usage.ts';
import { environmentForCnspec } from '../src/cnspec/environment.ts';
import { findCnspec } from '../src/cnspec/find.ts';
import { run } from '../src/cnspec/run.ts';
import { type CnspecStatus, readStatusOutput } from '../src/cnspec/status-output.ts';
import { Deadline } from '../src/platform/deadline.ts';
import { type Difference, type Documented, differences, type ReportedStatus } from './status-comparison.ts';

const HELP = `Compares the built action with the cnspec on PATH, against a simulated platform. Takes no options.

  npm run compare

Exits 1 if the two report different results.`;

interface Outcome {
  scenario: string;
  /** Inputs of the step in addition to those of the scenario. */
  inputs: Record<string, string>;
  documented: Documented;
}

const OUTCOMES: Outcome[] = [
  {
    scenario: 'registered',
    inputs: {},
    documented: { registered: 'yes', authenticated: 'yes', 'clock skew': 'none' },
  },
  // The gate fails and leaves no mondoo.yml. A cnspec without one queries the public platform.
  { scenario: 'unregistered', inputs: {}, documented: { registered: 'no' } },
  // In the other two, the gate tolerates the finding, so that cnspec gets the same mondoo.yml.
  {
    scenario: 'unauthenticated',
    inputs: { register: 'false', 'fail-on': 'none' },
    documented: { registered: 'yes', authenticated: 'no', 'clock skew': 'none' },
  },
  {
    scenario: 'small-skew',
    inputs: { 'fail-on': 'none' },
    documented: {
      registered: 'yes',
      authenticated: 'yes',
      'clock skew': 'possible clock skew detected: 45s',
    },
  },
];

/** In milliseconds. */
const STATUS_TIMEOUT = 60_000;

await runCommand('npm run compare', async () => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const cnspec = await findCnspec(process.env);
  if (cnspec === undefined) {
    throw new UsageError("cnspec isn't on `PATH`. Install cnspec, then run `npm run compare` again.");
  }
  for (const outcome of OUTCOMES) {
    if (!(await compare(outcome, cnspec))) process.exitCode = 1;
  }
});

/** Prints both results of a scenario, and returns whether they match. */
async function compare({ scenario, inputs, documented }: Outcome, cnspec: string): Promise<boolean> {
  const platform = await startPlatform();
  const job = await createJob();
  try {
    const situation = await findScenario(scenario)!.prepare(platform);
    const step = await job.runMain({
      // Neither must influence the other.
      inputs: { ...situation.inputs, ...inputs, 'verify-with-cnspec': 'false' },
    });
    const action = statusFromAction(step);
    const cnspecResult = await statusFromCnspec(cnspec, job.folders, step);
    if (cnspecResult.status === undefined) {
      console.log(`x ${scenario}: cnspec reported no status\n\n${cnspecResult.log}`);
      return false;
    }
    const found = differences(documented, action, cnspecResult.status);
    if (found.length === 0) {
      console.log(`→ ${scenario}: both report ${describe(cnspecResult.status)}`);
      return true;
    }
    console.log(`x ${scenario}\n\n${draw(found, cnspecResult.version)}\n\n${step.log}\n${cnspecResult.log}`);
    return false;
  } finally {
    await job.dispose();
    await platform.close();
  }
}

function statusFromAction({ outputs, log }: Step): ReportedStatus {
  const status = readStatusOutput(outputs['status-json'] ?? '');
  if (status === undefined) throw new Error(`The action set no status-json:\n${log}`);
  return reportedStatus(status, outputs.registered === 'true', outputs.authenticated === 'true');
}

interface CnspecResult {
  status: ReportedStatus | undefined;
  version: string | undefined;
  log: string;
}

/** Runs `cnspec status` like a later step of the job, with only its MONDOO_CONFIG_PATH. */
async function statusFromCnspec(
  cnspec: string,
  { home, workspace }: Sandbox,
  { env }: Step,
): Promise<CnspecResult> {
  const { MONDOO_CONFIG_PATH } = env;
  const { end, stdout, stderr } = await run(cnspec, ['status', '-o', 'json'], {
    cwd: workspace,
    env: {
      ...environmentForCnspec({ ...process.env, HOME: home, USERPROFILE: home }),
      ...(MONDOO_CONFIG_PATH && { MONDOO_CONFIG_PATH }),
    },
    signal: new Deadline(STATUS_TIMEOUT).signal,
  });
  const status = readStatusOutput(stdout);
  const succeeded = end.kind === 'exit' && end.code === 0;
  return {
    status: status && reportedStatus(status, status.registered, succeeded && !status.pingFailed),
    version: status?.version,
    log: `${stdout}\n${stderr}\ncnspec ended with ${JSON.stringify(end)}`,
  };
}

function reportedStatus(
  { serviceAccount = 'none', endpoint = 'none', warnings }: CnspecStatus,
  registered: boolean,
  authenticated: boolean,
): ReportedStatus {
  return {
    registered: registered ? 'yes' : 'no',
    authenticated: authenticated ? 'yes' : 'no',
    'clock skew': warnings.find((warning) => warning.startsWith('possible clock skew')) ?? 'none',
    'service account': serviceAccount,
    endpoint,
  };
}

/** If cnspec is not registered, nothing else was compared. */
function describe({ registered, authenticated, 'clock skew': skew }: ReportedStatus): string {
  if (registered === 'no') return 'not registered';
  const words = ['registered', authenticated === 'yes' ? 'authenticated' : 'not authenticated'];
  return [...words, ...(skew === 'none' ? [] : [skew])].join(', ');
}

function draw(found: Difference[], version = 'of no version'): string {
  return formatTable(
    found.flatMap(({ what, action, cnspec, documented }) => [
      [what, 'the action', action],
      ['', `cnspec ${version}`, cnspec],
      ...(documented === undefined ? [] : [['', 'documented', documented]]),
    ]),
  );
}
