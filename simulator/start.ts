import './require-node-24.mjs';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
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
  npm start -- --credentials FILE            the platform that a real credentials file names; creates nothing there
  npm start -- --credentials FILE --register registers a client there too, which stays in the space's list

Scenarios:
${listScenarios()}`;

const OPTIONS = {
  scenario: { type: 'string' },
  credentials: { type: 'string' },
  register: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const NETWORK_VARIABLES = [
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'NO_PROXY',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
];

/** Longer than the action's timeout, in milliseconds. */
const STEP_TIMEOUT = 150_000;

await runCommand('npm start', async () => {
  refuseOptionsOfNpm('npm start', OPTIONS);
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    console.log(HELP);
    return;
  }
  if (!existsSync(fileURLToPath(new URL('../dist/main/index.js', import.meta.url)))) {
    throw new UsageError('The action is not built: run "npm run build" first.');
  }
  if (values.credentials === undefined) {
    if (values.register) throw new UsageError('--register goes with --credentials only.');
    await showScenario(values.scenario ?? 'registered');
  } else {
    if (values.scenario !== undefined) throw new UsageError('Give --scenario or --credentials, not both.');
    await showCredentials(values.credentials, values.register ?? false);
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

async function showCredentials(file: string, register: boolean): Promise<void> {
  const credentials = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`The credentials file ${file} can't be read (${error.code}).`);
  });
  if (credentials.trim() === '') throw new UsageError(`The credentials file ${file} is empty.`);
  console.log(
    `Credentials from ${file}, ${register ? 'registering a client' : 'check only: nothing is created'}`,
  );
  const env = Object.fromEntries(NETWORK_VARIABLES.map((name) => [name, process.env[name]]));
  // Shorter than the default, because a person waits.
  const inputs = { credentials, timeout: '20s', ...(!register && { register: 'false' }) };
  await showJob({ inputs, job: { env } });
}

interface JobToShow {
  inputs: Record<string, string>;
  job: JobOptions | undefined;
  /** Undefined for a real platform. */
  platform?: Platform;
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
    if (platform) printSection('Requests to the platform', formatRequests(platform.requests));
    const left = await findConfigFiles(job.folders.root);
    printSection(
      'What is left',
      [...describeClients(main, platform), describeFiles({ before, written, left })].join('\n'),
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

function describeClients(main: Step, platform: Platform | undefined): string[] {
  if (platform) {
    const { clients } = platform;
    return clients.length === 0
      ? ['on the platform: no client']
      : clients.map(({ name, mrn }) => `on the platform: the client ${name}, ${mrn}`);
  }
  return main.outputs['client-mrn'] ? [`on the platform: the client ${main.outputs['client-mrn']}`] : [];
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
