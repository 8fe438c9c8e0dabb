import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Environment } from '../../../simulator/runner.ts';
import { merge } from '../../../simulator/runner-environment.ts';
import { finishedStep } from '../finished-step.ts';
import { leaksBelow, leaksOfScript } from '../leaks.ts';
import { test as base, type Stage } from '../stage.ts';

const CLI = fileURLToPath(new URL('../../../dist/cli/index.js', import.meta.url));

export interface CommandOptions {
  /** Undefined removes a variable. */
  env?: Environment;
  /** Standard input. */
  input?: string;
  /** Sent to the command when it aborts; the reason is the signal. */
  signal?: AbortSignal;
  /** Options of Node. */
  node?: string[];
  /** Whether the reader of stdout goes before the command writes. */
  closesStdout?: boolean;
}

export interface Ran {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** Both streams. */
  log: string;
  stdout: string;
  stderr: string;
}

/** A shell on some CI, which has Node only. */
export interface Shell {
  /** Everything that the command may write to is below. */
  root: string;
  /** The path for `--config`. */
  config: string;
  /** Runs the built command, with the stage's credentials in MONDOO_CREDENTIALS. */
  run(args: string[], options?: CommandOptions): Promise<Ran>;
  /** The files below a folder of the root, other than those that tests put there. */
  files(): Promise<string[]>;
}

export const test = base.extend<{ shell: Shell }>({
  shell: async ({ stage }, use) => {
    const root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'register-cnspec-')));
    const [tmp, home, work] = ['tmp', 'home', 'work'].map((name) => path.join(root, name)) as [
      string,
      string,
      string,
    ];
    await Promise.all([tmp, home, work].map((folder) => mkdir(folder)));
    const config = path.join(root, 'config', 'mondoo.yml');
    const ran: (Ran & { args: string[] })[] = [];
    const run: Shell['run'] = async (
      args,
      { env = {}, input = '', signal, node = [], closesStdout = false } = {},
    ) => {
      const child = spawn(process.execPath, [...node, CLI, ...args], {
        cwd: work,
        env: merge(hostVariables(), {
          HOME: home,
          TMPDIR: tmp,
          TEMP: tmp,
          TMP: tmp,
          MONDOO_CREDENTIALS: JSON.stringify(stage.credentials),
          ...env,
        }),
        stdio: 'pipe',
        timeout: 110_000,
        killSignal: 'SIGKILL',
      });
      child.stdin.end(input);
      if (closesStdout) child.stdout.destroy();
      signal?.addEventListener('abort', () => child.kill(signal.reason), { once: true });
      const [stdout, stderr, [exitCode, ended]] = await Promise.all([
        closesStdout ? '' : text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ]);
      const result: Ran = { exitCode, signal: ended, log: `${stdout}\n${stderr}`, stdout, stderr };
      ran.push({ args, ...result });
      return result;
    };
    const files: Shell['files'] = async () => {
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
        .toSorted();
    };
    await use({ root, config, run, files });

    await expectNoLeak(stage, ran, root, config);
    for (const { log } of ran) expect(log).not.toMatch(OTHER_WORDS);
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  },
});

/** Words that only the action uses, and words that only GitHub uses. */
const OTHER_WORDS = /\b(?:GitHub|gh secret|inputs? `|the action|this action|post step)|\$\{\{|secrets\./i;

/** The variables that every program needs on Windows, and the one of Node's coverage. */
function hostVariables(): Environment {
  const names = ['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'NODE_V8_COVERAGE'];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

async function expectNoLeak(
  stage: Stage,
  ran: (Ran & { args: string[] })[],
  root: string,
  config: string,
): Promise<void> {
  const inPlay = { secrets: stage.platform.secrets, certificates: stage.platform.certificates };
  for (const { args, log, ...ended } of ran) {
    const step = finishedStep({
      ...ended,
      arguments: args,
      // Masks are for the runner alone.
      log: log.replace(/^##vso\[task\.setsecret\].*$/gm, ''),
    });
    expect(leaksOfScript(step, inPlay), 'secrets that a command printed').toEqual([]);
  }
  const state = path.join(path.dirname(config), '.mondoo.yml.cleanup.json');
  const cleanup = existsSync(state) ? await readFile(state, 'utf8') : '{}';
  expect(await leaksBelow(root, inPlay, [{ cleanup }]), 'secrets in files').toEqual([]);
}
