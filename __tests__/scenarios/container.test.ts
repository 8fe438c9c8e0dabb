import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect } from 'vitest';
import { hasContainers } from '../../simulator/container.ts';
import { test } from './stage.ts';

const INSIDE = '/github/home/.config/mondoo/mondoo.yml';

/** A later step of the workflow, which reads a file and prints a line of it that isn't secret. */
const reading = (file: string) => `
  import { readFileSync } from 'node:fs';
  import os from 'node:os';
  console.log(/^mrn: .*$/m.exec(readFileSync(${file}, 'utf8'))[0]);`;

describe('in a container job', () => {
  beforeEach(({ skip }) => {
    skip(!hasContainers(), 'this user may not mount anything, so there can be no container job');
  });

  test('mondoo.yml goes to /github/home, all later steps find it, and post removes it', async ({ stage }) => {
    const job = await stage.job({ container: true });
    const step = await job.runMain({ inputs: { credentials: JSON.stringify(stage.credentials) } });
    expect(step, step.log).toMatchObject({
      exitCode: 0,
      outputs: { status: 'ok', 'config-path': INSIDE },
      env: { MONDOO_CONFIG_PATH: INSIDE },
      annotations: [],
    });

    // The runner mounts the same folder of the host for Docker actions.
    const home = path.join(job.folders.temp, '_github_home');
    const file = path.join(home, '.config', 'mondoo', 'mondoo.yml');
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(`mrn: ${stage.credentials.mrn}\n`);
    expect(text).toContain(`agent_mrn: ${step.outputs['client-mrn']}\n`);
    expect([file, path.dirname(file)].map((place) => statSync(place).mode & 0o777)).toEqual([0o600, 0o700]);

    const later = await job.runScript(reading('process.env.MONDOO_CONFIG_PATH'));
    expect(later.log).toBe(`mrn: ${stage.credentials.mrn}\n`);
    const docker = await job.runScript(reading("os.homedir() + '/.config/mondoo/mondoo.yml'"), {
      env: { RUNNER_TEMP: undefined, MONDOO_CONFIG_PATH: undefined },
    });
    expect(docker.log).toBe(`mrn: ${stage.credentials.mrn}\n`);

    const post = await job.runPost(step);
    expect(post, post.log).toMatchObject({ exitCode: 0, annotations: [] });
    expect(post.log).toContain('Removed mondoo.yml');
    // The home itself belongs to the runner.
    expect(readdirSync(home)).toEqual([]);
    expect(existsSync(INSIDE)).toBe(false);
  });

  test('a client of a registration token is unregistered by post', async ({ stage }) => {
    const job = await stage.job({ container: true });
    const token = await stage.platform.issueRegistrationToken();
    const step = await job.runMain({ inputs: { 'registration-token': token } });
    expect(step.outputs, step.log).toMatchObject({ status: 'ok', 'config-path': INSIDE });
    expect(stage.platform.clients).toHaveLength(1);
    expect((await job.runPost(step)).annotations).toEqual([]);
    expect(stage.platform.clients).toEqual([]);
  });

  test('a path in the workspace is recognized', async ({ stage }) => {
    const job = await stage.job({ container: true });
    mkdirSync(path.join(job.folders.workspace, 'deploy'));
    const step = await job.runMain({
      inputs: { credentials: JSON.stringify(stage.credentials), 'config-path': 'deploy/mondoo.yml' },
    });
    expect(step.outputs['config-path'], step.log).toBe('/__w/website/website/deploy/mondoo.yml');
    expect(step.annotations).toEqual([{ level: 'warning', message: expect.stringMatching(/can end up in/) }]);
  });
});
