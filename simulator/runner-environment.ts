import os from 'node:os';
import { type Cause, describeRun } from './run.ts';
import type { Sandbox } from './sandbox.ts';

/** Environment variables; undefined removes one. */
export type Environment = Record<string, string | undefined>;

const FROM_HOST = new Set([
  'COMSPEC',
  'LANG',
  'LOGNAME',
  // Node writes the coverage of child processes there.
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

/** The environment of every step, before the workflow adds to it. */
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

export function merge(...environments: Environment[]): Record<string, string> {
  const merged = Object.assign({}, ...environments) as Environment;
  return Object.fromEntries(
    Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** In upper case, because Windows names `PATH` `Path`. */
function fromHost(host: NodeJS.ProcessEnv): Record<string, string> {
  const variables = Object.entries(host).map(([name, value]) => [name.toUpperCase(), value] as const);
  return merge(Object.fromEntries(variables.filter(([name]) => FROM_HOST.has(name))));
}
