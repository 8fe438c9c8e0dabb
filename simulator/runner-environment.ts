import os from 'node:os';
import { type Cause, describeRun } from './run.ts';
import type { Sandbox } from './sandbox.ts';

/** Variables of a process; an undefined one takes away what was there. */
export type Environment = Record<string, string | undefined>;

/** What a process needs from the machine it runs on. Nothing else of the host gets into a job. */
const FROM_HOST = new Set([
  'COMSPEC',
  'LANG',
  'LOGNAME',
  // Makes Node write the coverage of child processes, for whoever asks for it.
  'NODE_V8_COVERAGE',
  'NUMBER_OF_PROCESSORS',
  'OS',
  'PATH',
  'PATHEXT',
  'PROCESSOR_ARCHITECTURE',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'SYSTEMDRIVE',
  'SYSTEMROOT',
  'TZ',
  'USER',
  'USERNAME',
  'WINDIR',
]);

const RUNNER_OS: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'macOS',
  linux: 'Linux',
  win32: 'Windows',
};
const RUNNER_ARCH: Partial<Record<NodeJS.Architecture, string>> = {
  arm: 'ARM',
  arm64: 'ARM64',
  ia32: 'X86',
  x64: 'X64',
};

/** What every step of a job finds in its environment before the workflow adds to it. */
export function runnerEnvironment(sandbox: Sandbox, cause: Cause): Record<string, string> {
  return {
    ...fromHost(process.env),
    HOME: sandbox.home,
    USERPROFILE: sandbox.home,
    TMPDIR: sandbox.systemTemp,
    TEMP: sandbox.systemTemp,
    TMP: sandbox.systemTemp,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION: '__self',
    ...describeRun(cause),
    GITHUB_API_URL: 'https://api.github.com',
    GITHUB_EVENT_NAME: cause.eventName,
    GITHUB_EVENT_PATH: sandbox.eventFile,
    GITHUB_GRAPHQL_URL: 'https://api.github.com/graphql',
    GITHUB_RETENTION_DAYS: '90',
    GITHUB_WORKSPACE: sandbox.workspace,
    RUNNER_ARCH: RUNNER_ARCH[process.arch] ?? process.arch,
    RUNNER_ENVIRONMENT: 'self-hosted',
    RUNNER_NAME: os.hostname(),
    RUNNER_OS: RUNNER_OS[process.platform] ?? process.platform,
    RUNNER_TEMP: sandbox.temp,
    RUNNER_TOOL_CACHE: sandbox.toolCache,
    RUNNER_WORKSPACE: sandbox.runnerWorkspace,
  };
}

/** Lays environments over each other, the later ones above. */
export function merge(...environments: Environment[]): Record<string, string> {
  const merged = Object.assign({}, ...environments) as Environment;
  return Object.fromEntries(
    Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Names in upper case, because Windows calls its `PATH` `Path`. */
function fromHost(host: NodeJS.ProcessEnv): Record<string, string> {
  const variables = Object.entries(host).map(([name, value]) => [name.toUpperCase(), value] as const);
  return merge(Object.fromEntries(variables.filter(([name]) => FROM_HOST.has(name))));
}
