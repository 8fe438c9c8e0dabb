import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { writeCnspec } from '../../simulator/cnspec-program.ts';
import { outside } from './cnspec/on-path.ts';
import { type Stage, test } from './stage.ts';

/** Root may enter any folder, so the step then runs as the user nobody. */
const AS_NOBODY =
  process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];

test.runIf(process.platform === 'linux')(
  'a folder on PATH that the user may not enter is not mentioned in the log',
  async ({ stage }) => {
    const job = await stage.job();
    const folder = await outside(stage);
    const closed = path.join(folder, 'closed');
    mkdirSync(closed, { mode: 0 });
    const program = await writeCnspec(path.join(folder, 'open'), { version: '13.0.0', kind: 'agreeing' });
    execFileSync('chmod', ['755', folder]);
    if (AS_NOBODY.length > 0) execFileSync('chown', ['-R', '65534:65534', job.folders.root]);
    const step = await job.runMain({
      inputs: { credentials: JSON.stringify(stage.credentials) },
      env: { PATH: [closed, path.dirname(program), process.env.PATH].join(path.delimiter) },
      launcher: AS_NOBODY,
    });
    expect(step.outputs.status, step.log).toBe('ok');
    expect(step.log).not.toContain(closed);
    expect(step.log).toContain(`running \`${program} status\``);
  },
);

describe.concurrent('RUNNER_TEMP inside the workspace', () => {
  const warningOf = async (stage: Stage, inputs = {}) => {
    const job = await stage.job();
    const credentials = JSON.stringify(stage.credentials);
    const step = await job.runMain({
      inputs: { credentials, ...inputs },
      env: { GITHUB_WORKSPACE: path.dirname(job.folders.temp) },
    });
    expect(step.outputs.status, step.log).toBe('ok');
    expect(step.annotations).toHaveLength(1);
    return step.annotations[0]!.message;
  };

  test('is the cause in the warning, not an input that is not set', async ({ stage }) => {
    const message = await warningOf(stage);
    expect(message).toMatch(/^The variable `RUNNER_TEMP` puts `mondoo\.yml` into the workspace\./);
    expect(message).toMatch(/Set `config-path` to a path outside the workspace\.$/);
  });

  test('is not the cause if `config-path` is set', async ({ stage }) => {
    const message = await warningOf(stage, { 'config-path': 'mondoo.yml' });
    expect(message).toMatch(/^The input `config-path` puts `mondoo\.yml` into the workspace\./);
  });
});

describe.concurrent('links to the documentation lead to an action', () => {
  const linkOf = async (stage: Stage, place: string[], env = {}) => {
    const root = await outside(stage);
    const action = path.join(root, ...place);
    mkdirSync(action, { recursive: true });
    for (const name of ['action.yml', 'dist']) cpSync(name, path.join(action, name), { recursive: true });
    const { log } = await stage.run(
      { timeout: 'soon' },
      { action, env: { GITHUB_WORKSPACE: path.join(root, 'shop'), ...env } },
    );
    return /Docs: \S*\/blob\/(\S*)#invalid-input/.exec(log)?.[1];
  };
  const remote = { GITHUB_ACTION_REPOSITORY: 'acme/actions', GITHUB_ACTION_REF: 'v1' };

  test('vendored in a subfolder of the workspace', async ({ stage }) => {
    const link = await linkOf(stage, ['shop', '.github', 'actions', 'register cnspec']);
    expect(link).toMatch(/^\w{40}\/\.github\/actions\/register%20cnspec\/docs\/troubleshooting\.md$/);
  });

  test('in the root of the workspace', async ({ stage }) => {
    expect(await linkOf(stage, ['shop'])).toMatch(/^\w{40}\/docs\/troubleshooting\.md$/);
  });

  test('in a subfolder of another repository', async ({ stage }) => {
    const link = await linkOf(stage, ['_actions', 'acme', 'actions', 'v1', 'register', 'cnspec'], remote);
    expect(link).toBe('v1/register/cnspec/docs/troubleshooting.md');
  });

  test('in the root of another repository', async ({ stage }) => {
    const link = await linkOf(stage, ['_actions', 'acme', 'actions', 'v1'], remote);
    expect(link).toBe('v1/docs/troubleshooting.md');
  });
});
