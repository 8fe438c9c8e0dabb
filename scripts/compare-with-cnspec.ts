/**
 * Brings the built action and the real cnspec, the one on PATH, into the four outcomes of `cnspec status` that its
 * documentation shows ("Register cnspec Using a Credentials File"), and fails where the two do not say the same.
 * The platform is the simulator.
 */

import { startPlatform } from '../simulator/platform.ts';
import { formatTable } from '../simulator/presentation.ts';
import { createJob, type Step } from '../simulator/runner.ts';
import type { Sandbox } from '../simulator/sandbox.ts';
import { findScenario } from '../simulator/scenarios.ts';
import { environmentForCnspec } from '../src/cnspec/environment.ts';
import { findCnspec } from '../src/cnspec/find.ts';
import { run } from '../src/cnspec/run.ts';
import { type CnspecStatus, readStatusOutput } from '../src/cnspec/status-output.ts';
import { Deadline } from '../src/platform/deadline.ts';
import { type Difference, type Documented, differences, type Said } from './status-comparison.ts';

interface Outcome {
  /** Of the simulator. */
  scenario: string;
  /** What the step has beside the inputs of the scenario. */
  inputs: Record<string, string>;
  documented: Documented;
}

const OUTCOMES: Outcome[] = [
  {
    scenario: 'registered',
    inputs: {},
    documented: { registered: 'yes', authenticated: 'yes', 'clock skew': 'none' },
  },
  // The gate fails and leaves no mondoo.yml. A cnspec without one asks the public platform for its health.
  { scenario: 'unregistered', inputs: {}, documented: { registered: 'no' } },
  // In the other two the gate lets pass what is found, so that cnspec is asked about the same mondoo.yml.
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

/** How long cnspec may take for one status, in milliseconds. */
const LONGEST_STATUS = 60_000;

const cnspec = await findCnspec(process.env);
if (cnspec === undefined) {
  console.error('compare-with-cnspec: there is no cnspec on PATH');
  process.exitCode = 2;
} else {
  for (const outcome of OUTCOMES) {
    if (!(await compare(outcome, cnspec))) process.exitCode = 1;
  }
}

/** Tells whether both say the same of an outcome, and prints what they say. */
async function compare({ scenario, inputs, documented }: Outcome, cnspec: string): Promise<boolean> {
  const platform = await startPlatform();
  const job = await createJob();
  try {
    const situation = await findScenario(scenario)!.prepare(platform);
    const step = await job.runMain({
      // Each is to say what it finds by itself.
      inputs: { ...situation.inputs, ...inputs, 'verify-with-cnspec': 'false' },
    });
    const action = saidByAction(step);
    const asked = await askCnspec(cnspec, job.folders, step);
    if (asked.said === undefined) {
      console.log(`x ${scenario}: cnspec gave no status\n\n${asked.log}`);
      return false;
    }
    const found = differences(documented, action, asked.said);
    if (found.length === 0) {
      console.log(`→ ${scenario}: both say ${describe(asked.said)}`);
      return true;
    }
    console.log(`x ${scenario}\n\n${draw(found, asked.version)}\n\n${step.log}\n${asked.log}`);
    return false;
  } finally {
    await job.dispose();
    await platform.close();
  }
}

function saidByAction({ outputs, log }: Step): Said {
  const status = readStatusOutput(outputs['status-json'] ?? '');
  if (status === undefined) throw new Error(`The action gave no status-json:\n${log}`);
  return said(status, outputs.registered === 'true', outputs.authenticated === 'true');
}

/** What cnspec answered, and all that it wrote. */
interface Asked {
  said: Said | undefined;
  version: string | undefined;
  log: string;
}

/** Asks cnspec for its status as a later step of the job would, and gives it nothing else of the job. */
async function askCnspec(cnspec: string, { home, workspace }: Sandbox, { env }: Step): Promise<Asked> {
  const { MONDOO_CONFIG_PATH } = env;
  const { end, stdout, stderr } = await run(cnspec, ['status', '-o', 'json'], {
    cwd: workspace,
    env: {
      ...environmentForCnspec({ ...process.env, HOME: home, USERPROFILE: home }),
      ...(MONDOO_CONFIG_PATH && { MONDOO_CONFIG_PATH }),
    },
    signal: new Deadline(LONGEST_STATUS).signal,
  });
  const status = readStatusOutput(stdout);
  const succeeded = end.kind === 'exit' && end.code === 0;
  return {
    said: status && said(status, status.registered, succeeded && !status.pingFailed),
    version: status?.version,
    log: `${stdout}\n${stderr}\ncnspec ended with ${JSON.stringify(end)}`,
  };
}

function said(
  { serviceAccount = 'none', endpoint = 'none', warnings }: CnspecStatus,
  registered: boolean,
  authenticated: boolean,
): Said {
  return {
    registered: registered ? 'yes' : 'no',
    authenticated: authenticated ? 'yes' : 'no',
    'clock skew': warnings.find((warning) => warning.startsWith('possible clock skew')) ?? 'none',
    'service account': serviceAccount,
    endpoint,
  };
}

/** Of a cnspec that is not registered nothing else was compared. */
function describe({ registered, authenticated, 'clock skew': skew }: Said): string {
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
