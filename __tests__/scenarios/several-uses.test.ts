import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { releasesFor, runWithCnspec } from './cnspec/on-path.ts';
import { type Stage, test } from './stage.ts';

const base64 = (credentials: object) => Buffer.from(JSON.stringify(credentials)).toString('base64');

/** A job with the credentials in `MONDOO_CONFIG_BASE64` alone, after its first use. */
async function afterFirstUse(stage: Stage, inputs: Record<string, string> = {}) {
  const job = await stage.job({ env: { MONDOO_CONFIG_BASE64: base64(stage.credentials) } });
  const first = await job.runMain({ inputs });
  expect(first.outputs.status, first.log).toBe('ok');
  return { job, first, file: first.outputs['config-path']! };
}

describe.concurrent('MONDOO_CONFIG_BASE64 in the env of the job, and two uses', () => {
  test('the second use checks the account of the first, and changes nothing', async ({ stage }) => {
    const { job, first, file } = await afterFirstUse(stage);
    const [before, { mtimeMs, ino }] = [readFileSync(file, 'utf8'), statSync(file)];
    const second = await job.runMain({ inputs: { 'config-path': '../elsewhere/mondoo.yml', name: 'again' } });
    expect(second.outputs, second.log).toMatchObject({
      status: 'ok',
      registered: 'true',
      authenticated: 'true',
      'config-path': file,
      'client-mrn': first.outputs['client-mrn'],
      'service-account-mrn': stage.credentials.mrn,
    });
    expect(second.annotations).toEqual([
      {
        level: 'notice',
        message: expect.stringMatching(
          new RegExp(
            `^An earlier step wrote .* This step only checked the account in it, \`${stage.credentials.mrn}\``,
          ),
        ),
      },
    ]);
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(statSync(file)).toMatchObject({ mtimeMs, ino });
    expect(existsSync(path.join(job.folders.workspace, '../elsewhere'))).toBe(false);
    expect(stage.platform.clients).toHaveLength(1);

    const post = await job.runPost(second);
    expect(post.log).toContain('There is nothing to clean up');
    expect(readFileSync(file, 'utf8')).toBe(before);
    await job.runPost(first);
    expect(existsSync(file)).toBe(false);
  });

  test('a file in the workspace is not used instead, because a pull request may add one', async ({
    stage,
  }) => {
    const { file } = await afterFirstUse(stage);
    const job = await stage.job({ env: { MONDOO_CONFIG_BASE64: '', MONDOO_CONFIG_PATH: 'mondoo.yml' } });
    const planted = path.join(job.folders.workspace, 'mondoo.yml');
    writeFileSync(planted, readFileSync(file));
    const step = await job.runMain({ inputs: {} });
    rmSync(planted);
    expect(step.outputs.status, step.log).toBe('missing-credentials');
    expect(step.outputs['service-account-mrn']).toBe(undefined);
  });

  test('a use that only checks registers no client either', async ({ stage }) => {
    const { job } = await afterFirstUse(stage, { register: 'false' });
    const second = await job.runMain();
    expect(second.outputs).toMatchObject({ status: 'ok', registered: 'true' });
    expect(second.outputs['client-mrn']).toBe(undefined);
    expect(stage.platform.clients).toEqual([]);
  });

  test('a third use works, and cnspec reads the same file', async ({ stage }) => {
    const env = { MONDOO_CONFIG_BASE64: base64(stage.credentials) };
    const { step } = await runWithCnspec(stage, { inputs: { credentials: '' }, env });
    expect(step.outputs.status, step.log).toBe('ok');
    for (const _ of ['second', 'third']) {
      const { outputs, log } = await step.job.runMain();
      expect(outputs.status, log).toBe('ok');
      expect(log).toContain('cnspec status`');
    }
  });

  test('the error of a second use that fails is about the same account', async ({ stage }) => {
    const { job, file } = await afterFirstUse(stage);
    stage.platform.revoke(stage.credentials.mrn);
    const second = await job.runMain();
    expect(second.outputs.status).toBe('unauthenticated');
    expect(second.log).toContain(`${file}, which an earlier step wrote from the variable`);
    expect(existsSync(file)).toBe(true);
  });

  test.for<[string, (text: string) => string]>([
    ['with the mark of another source', (text) => text.replace('the variable', 'the input')],
    ['without a mark', (text) => text.replace(/^#.*\n/, '')],
  ])(
    'a file %s is not used, and the error reports what emptied the variable',
    async ([, change], { stage }) => {
      const { job, file } = await afterFirstUse(stage);
      writeFileSync(file, change(readFileSync(file, 'utf8')));
      const second = await job.runMain();
      expect(second.outputs.status).toBe('missing-credentials');
      expect(second.outputs.error).toContain(
        'An earlier step of the job that uses this action may have emptied it',
      );
    },
  );

  test('a variable that is not set at all names no file', async ({ stage }) => {
    const { job } = await afterFirstUse(stage);
    const second = await job.runMain({ env: { MONDOO_CONFIG_BASE64: undefined } });
    expect(second.outputs.status).toBe('missing-credentials');
  });

  test('the variable as the only source causes no advice to remove it', async ({ stage }) => {
    const { first } = await afterFirstUse(stage);
    expect(first.annotations).toEqual([
      {
        level: 'notice',
        message: expect.stringMatching(/`MONDOO_CONFIG_BASE64` .* emptied it for later steps/),
      },
    ]);
    expect(first.log).not.toContain('Remove it there');
    const other = await stage.run({}, { env: { MONDOO_CONFIG_BASE64: base64(stage.credentials) } });
    expect(other.annotations).toEqual([
      { level: 'warning', message: expect.stringContaining('Remove it there') },
    ]);
  });
});

describe.concurrent('a second use at the same place', () => {
  test('with another account warns, and names both', async ({ stage }) => {
    const [one, other] = [stage.credentials, await stage.platform.mint({ space: 'lunalectric-audit' })];
    const job = await stage.job();
    const first = await job.runMain({ inputs: { credentials: JSON.stringify(one) } });
    expect(first.annotations).toEqual([]);
    const second = await job.runMain({ inputs: { credentials: JSON.stringify(other) } });
    expect(second.annotations).toEqual([
      {
        level: 'warning',
        message: expect.stringContaining(`It was \`${one.mrn}\`, now it is \`${other.mrn}\``),
      },
    ]);
    const third = await job.runMain({ inputs: { credentials: JSON.stringify(other) } });
    expect(third.annotations).toEqual([]);
  });

  test.for<[string, (stage: Stage, config: object) => Promise<object>]>([
    ['kept the key', async (_, config) => config],
    ['made another key', async ({ platform }) => platform.mint()],
  ])('works after a `cnspec login` that %s, and post leaves nothing', async ([, login], { stage }) => {
    const job = await stage.job();
    const inputs = { credentials: JSON.stringify(stage.credentials) };
    const first = await job.runMain({ inputs });
    const file = first.outputs['config-path']!;
    writeFileSync(file, stringify(await login(stage, parse(readFileSync(file, 'utf8')))));
    const second = await job.runMain({ inputs });
    expect(second.outputs, second.log).toMatchObject({ status: 'ok', 'config-path': file });
    await job.runPost(second);
    await job.runPost(first);
    expect(existsSync(path.join(job.folders.temp, '_github_home'))).toBe(false);
  });
});

describe.concurrent('a soft gate while the platform hangs: one warning, none about cnspec', () => {
  const soft = { 'fail-on': 'unauthenticated, permission-denied', register: 'false', timeout: '1500ms' };
  const hang = ({ platform }: Stage) => {
    for (const method of ['Health/Check', 'AgentManager/PingPong'] as const) {
      platform.fault(method, { kind: 'hang' });
    }
  };

  test('with `cnspec-version`', async ({ stage }) => {
    hang(stage);
    const releases = await releasesFor(stage);
    const step = await stage.run({ ...soft, 'cnspec-version': 'latest', 'updates-url': releases.url });
    expect(step.outputs, step.log).toMatchObject({ status: 'unreachable', findings: 'unreachable' });
    expect(step.annotations).toHaveLength(1);
  });

  test('with a cnspec on PATH', async ({ stage }) => {
    hang(stage);
    const { step } = await runWithCnspec(stage, { inputs: soft, conduct: { kind: 'asking' } });
    expect(step.outputs, step.log).toMatchObject({ status: 'unreachable', findings: 'unreachable' });
    expect(step.annotations).toHaveLength(1);
  });

  test.for(['install', 'ask'] as const)(
    'if the time after a retry is too short to %s cnspec',
    async (what, { stage }) => {
      const busy = { kind: 'error', code: 14, message: 'busy', headers: { 'retry-after': '60' } } as const;
      for (const method of ['Health/Check', 'AgentManager/PingPong'] as const) {
        stage.platform.fault(method, busy);
      }
      const releases = await releasesFor(stage);
      releases.fault('latest', { kind: 'hang' });
      const { step } = await runWithCnspec(stage, {
        inputs: {
          ...soft,
          ...(what === 'install' && { 'cnspec-version': 'latest', 'updates-url': releases.url }),
        },
        conduct: { kind: 'hang' },
      });
      expect(step.outputs, step.log).toMatchObject({ status: 'unreachable', findings: 'unreachable' });
      expect(step.annotations).toHaveLength(1);
    },
  );
});
