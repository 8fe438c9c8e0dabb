import './require-node-24.mjs';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { IdTokenService } from './id-token-service.ts';
import { type Platform, startPlatform } from './platform.ts';
import {
  formatIdTokenRequests,
  formatJob,
  formatRequests,
  formatTable,
  printSection,
  withLocalLinks,
} from './presentation.ts';
import type { ReleasesHost } from './releases.ts';
import { createJob, type JobOptions, type Step } from './runner.ts';
import { stopRequest } from './stop-request.ts';
import { chooseScenario, listScenarios, refuseOptionsOfNpm, runCommand, UsageError } from './usage.ts';

const HELP = `Runs the built action as a job would, and shows what happens.

  npm start                                  the scenario "registered"
  npm start -- --scenario NAME               another scenario, against a simulated platform
  npm start -- --credentials FILE            checks a real credentials file with the command (dist/cli/index.js check)

Scenarios:
${listScenarios()}`;

const OPTIONS = {
  scenario: { type: 'string' },
  credentials: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The command for every CI. */
const COMMAND = fileURLToPath(new URL('../dist/cli/index.js', import.meta.url));

/** Longer than the action's timeout, in milliseconds. */
const STEP_TIMEOUT = 150_000;

await runCommand('npm start', async () => {
  refuseOptionsOfNpm('npm start', OPTIONS);
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    console.log(HELP);
    return;
  }
  if (!existsSync(COMMAND)) {
    throw new UsageError('The action is not built: run "npm run build" first.');
  }
  if (values.credentials === undefined) {
    await showScenario(values.scenario ?? 'registered');
  } else {
    if (values.scenario !== undefined) throw new UsageError('Give --scenario or --credentials, not both.');
    if (!existsSync(values.credentials)) throw new UsageError('The file of --credentials does not exist.');
    // After Ctrl+C the command ends by itself.
    process.on('SIGINT', () => {});
    const args = [COMMAND, 'check', '--credentials', values.credentials, '--timeout', '20s'];
    process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
  }
});

async function showScenario(name: string): Promise<void> {
  const { description, prepare } = chooseScenario(name);
  console.log(`Scenario ${name}: ${description}`);
  const platform = await startPlatform();
  const { inputs, job, idTokens, releases } = await prepare(platform);
  try {
    await showJob({ inputs, job, platform, idTokens, releases });
  } finally {
    await Promise.all([platform.close(), idTokens?.close(), releases?.close()]);
  }
}

interface JobToShow {
  inputs: Record<string, string>;
  job: JobOptions | undefined;
  platform: Platform;
  idTokens?: IdTokenService | undefined;
  releases?: ReleasesHost | undefined;
}

async function showJob({ inputs, job: options, platform, idTokens, releases }: JobToShow): Promise<void> {
  const stopped = stopRequest();
  const job = await createJob(options);
  try {
    const before = await findConfigFiles(job.folders.root);
    printSection('The job', formatJob(inputs));
    const main = await job.runMain({ inputs, timeoutMs: STEP_TIMEOUT, cancel: stopped });
    printSection('The log of its step', withLocalLinks(main.log));
    printSection('How it ended', describeEnd(main));
    printSection('Its outputs', formatTable(Object.entries(main.outputs)));
    printSection('Its summary, in HTML', withLocalLinks(main.summary));
    const written = await findConfigFiles(job.folders.root);
    const post = await job.runPost(main);
    if (stopped.aborted) {
      process.exitCode = stopped.reason;
      return;
    }
    printSection('The log of its post step, after the job', post.log);
    if (idTokens) printSection('Requests to GitHub', formatIdTokenRequests(idTokens.requests));
    if (releases) printSection('Requests to the releases host', releases.requests.join('\n'));
    printSection('Requests to the platform', formatRequests(platform.requests));
    const left = await findConfigFiles(job.folders.root);
    printSection(
      'What is left',
      [...describeClients(platform), describeFiles({ before, written, left })].join('\n'),
    );
    process.exitCode = main.exitCode ?? 1;
  } finally {
    await job.dispose();
  }
}

function describeEnd({ exitCode, signal, durationMs, outputs }: Step): string {
  return formatTable([
    ['verdict', outputs.status ?? 'none'],
    ['exit code', exitCode === null ? `none: ended by ${signal}` : String(exitCode)],
    ['took', `${(durationMs / 1000).toFixed(2)} s`],
  ]);
}

function describeClients({ clients }: Platform): string[] {
  return clients.length === 0
    ? ['on the platform: no client']
    : clients.map(({ name, mrn }) => `on the platform: the client ${name}, ${mrn}`);
}

function describeFiles({ before, written, left }: Record<'before' | 'written' | 'left', string[]>): string {
  if (left.length > 0) {
    const files = left.map((file) => (before.includes(file) ? `${file}, which was there before` : file));
    return `on the runner: ${files.join(', ')}`;
  }
  return written.length > 0
    ? 'on the runner: nothing, mondoo.yml was removed after the job'
    : 'on the runner: nothing, there was no mondoo.yml after the step';
}

async function findConfigFiles(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files.filter((file) => path.basename(file).includes('mondoo.yml'));
}
