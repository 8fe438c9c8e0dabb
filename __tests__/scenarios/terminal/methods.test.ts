import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { SignJWT } from 'jose';
import { describe, expect } from 'vitest';
import type { Method } from '../../../simulator/platform.ts';
import { SPACE, workloadIdentity } from '../../../simulator/scenarios.ts';
import { until } from '../../../simulator/until.ts';
import type { Stage } from '../stage.ts';
import { type Shell, test } from './shell.ts';

const GITLAB = 'https://gitlab.example.com';
const NO_CREDENTIALS = { MONDOO_CREDENTIALS: undefined };
const POSIX = process.platform !== 'win32';

/** A space that trusts the ID tokens of a GitLab, and the variables of a job that has one. */
async function keyless({ platform, alsoSecret }: Stage, { audience = SPACE, lifetime = 300 } = {}) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  platform.trust({ issuer: GITLAB, publicKey, audience: SPACE });
  const now = Math.floor(Date.now() / 1000);
  const subject = 'project_path:lunalectric/website:ref_type:branch:ref:main';
  const claims = { project_path: 'lunalectric/website', ref: 'main', iat: now - 600, exp: now + lifetime };
  const jwt = await new SignJWT({ ...claims, iss: GITLAB, aud: audience, sub: subject })
    .setProtectedHeader({ alg: 'RS256' })
    .sign(privateKey);
  alsoSecret([jwt]);
  const credentials = JSON.stringify(workloadIdentity(platform.endpoint, { issuer: GITLAB }));
  return { env: { MONDOO_CREDENTIALS: credentials, JWT_TOKEN: jwt }, jwt };
}

const asked = ({ platform }: Stage) => platform.requests.map(({ method }) => method);
const status = ({ stdout }: { stdout: string }) => JSON.parse(stdout).status;

describe.concurrent('credentials', () => {
  test('come from a file', async ({ stage, shell }) => {
    const folder = path.join(shell.root, 'home', 'x');
    await mkdir(folder);
    // The one place where a test may leave a key.
    const file = path.join(folder, 'mondoo.yml');
    await writeFile(file, JSON.stringify(stage.credentials));
    const { exitCode, stdout } = await shell.run(['--credentials', file], { env: NO_CREDENTIALS });
    expect(stdout).toContain(`→ loaded credentials from the file \`${file}\` (JSON)`);
    expect(exitCode).toBe(0);
    await writeFile(file, '');
  });

  test('come from a file whose name has a line break, which does not end the comment in mondoo.yml', async ({
    stage,
    shell,
  }) => {
    const file = path.join(shell.root, 'home', 'x\nmrn: evil');
    await writeFile(file, JSON.stringify(stage.credentials));
    const ran = await shell.run(['register', '--config', shell.config, '--credentials', file], {
      env: NO_CREDENTIALS,
    });
    await writeFile(file, '');
    expect(ran.exitCode, ran.log).toBe(0);
    expect(await readFile(shell.config, 'utf8')).not.toMatch(/^mrn: evil/m);
    await shell.run(['cleanup', '--config', shell.config]);
  });

  test('come from standard input', async ({ stage, shell }) => {
    const options = { env: NO_CREDENTIALS, input: JSON.stringify(stage.credentials) };
    const { exitCode, stdout } = await shell.run(['check', '--credentials', '-'], options);
    expect(stdout).toContain('→ loaded credentials from standard input (JSON)');
    expect(exitCode).toBe(0);
  });

  test('come from MONDOO_CONFIG_BASE64', async ({ stage, shell }) => {
    const base64 = Buffer.from(JSON.stringify(stage.credentials)).toString('base64');
    stage.alsoSecret([base64]);
    const { exitCode, stdout } = await shell.run([], {
      env: { ...NO_CREDENTIALS, MONDOO_CONFIG_BASE64: base64 },
    });
    expect(stdout).toContain('`MONDOO_CONFIG_BASE64` (base64 of JSON)');
    expect(exitCode).toBe(0);
  });

  test('whose variable Azure Pipelines did not replace are missing', async ({ shell }) => {
    const { exitCode, stdout } = await shell.run(['--json'], {
      env: { TF_BUILD: 'True', MONDOO_CREDENTIALS: '$(MONDOO_CREDENTIALS)' },
    });
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'missing-credentials' });
    expect(stdout).toContain('map it with `env:`');
  });

  test('register a client, mondoo.yml is private, and cleanup removes it', async ({ stage, shell }) => {
    const ran = await shell.run(['register', '--config', shell.config, '--json'], {
      env: { GITLAB_CI: 'true', CI_PROJECT_PATH: 'lunalectric/website', CI_JOB_NAME: 'scan' },
    });
    expect(JSON.parse(ran.stdout), ran.stderr).toMatchObject({
      status: 'ok',
      registered: 'true',
      'config-path': shell.config,
    });
    expect(stage.platform.clients).toMatchObject([
      {
        name: 'lunalectric/website/scan',
        info: {
          labels: { 'register-cnspec/ci': 'GitLab', 'register-cnspec/project': 'lunalectric/website' },
        },
      },
    ]);
    expect(await readFile(shell.config, 'utf8')).toContain(`agent_mrn: ${stage.platform.clients[0]!.mrn}`);
    expect(await shell.files()).toEqual(['config/.mondoo.yml.cleanup.json', 'config/mondoo.yml']);
    if (POSIX) {
      for (const name of await shell.files()) {
        expect((await stat(path.join(shell.root, name))).mode & 0o777, name).toBe(0o600);
      }
    }

    const cleaned = await shell.run(['cleanup', '--config', shell.config]);
    expect(cleaned).toMatchObject({
      exitCode: 0,
      stdout: `Removed mondoo.yml: ${shell.config}\n`,
      stderr: '',
    });
    expect(await shell.files()).toEqual([]);
    // Others may use the account.
    expect(stage.platform.count('AgentManager/UnRegisterAgent')).toBe(0);
    const again = await shell.run(['cleanup', '--config', shell.config]);
    expect(again).toMatchObject({ exitCode: 0, stdout: 'There is nothing to clean up.\n' });
  });

  test('register at a folder, and cleanup finds its mondoo.yml', async ({ shell }) => {
    const folder = `${path.join(shell.root, 'config')}/`;
    expect((await shell.run(['register', '--config', folder])).exitCode).toBe(0);
    expect(await shell.files()).toEqual(['config/.mondoo.yml.cleanup.json', 'config/mondoo.yml']);
    await shell.run(['cleanup', '--config', folder]);
    expect(await shell.files()).toEqual([]);
  });

  test('are checked with settings from variables, and options override them', async ({ shell }) => {
    // The command has no option for cnspec-version.
    const env = {
      REGISTER_CNSPEC_TIMEOUT: 'soon',
      REGISTER_CNSPEC_ANNOTATION: 'a=b\nc=d',
      REGISTER_CNSPEC_CNSPEC_VERSION: 'x',
    };
    const { stdout } = await shell.run([], { env });
    expect(stdout).not.toContain('cnspec-version');
    expect(stdout).toContain('`--timeout` is `soon`');
    const args = [
      '--timeout',
      '9s',
      '--annotation',
      'team=web',
      '--annotation',
      'x=y',
      '--config',
      shell.config,
    ];
    expect((await shell.run(args, { env })).exitCode).toBe(0);
    expect(await readFile(shell.config, 'utf8')).toMatch(/^annotations:\n +team: web\n +x: "?y"?$/m);
  });
});

describe.concurrent('a registration token', () => {
  test('mints a client, and cleanup unregisters it', async ({ stage, shell }) => {
    const { platform } = stage;
    const env = { ...NO_CREDENTIALS, MONDOO_REGISTRATION_TOKEN: await platform.issueRegistrationToken() };
    const ran = await shell.run(['register', '--config', shell.config, '--json'], { env });
    expect(JSON.parse(ran.stdout), ran.stderr).toMatchObject({ status: 'ok', registered: 'true' });
    expect(platform.clients).toHaveLength(1);
    expect((await shell.files()).length).toBe(3);
    const cleaned = await shell.run(['cleanup', '--config', shell.config]);
    expect(cleaned.stdout).toContain('→ unregistered the client');
    expect(platform.clients).toEqual([]);
    expect(await shell.files()).toEqual([]);
  });

  test('used twice for one path leaves one client', async ({ stage, shell }) => {
    const { platform } = stage;
    const env = { ...NO_CREDENTIALS, MONDOO_REGISTRATION_TOKEN: await platform.issueRegistrationToken() };
    for (const _ of [1, 2]) {
      expect((await shell.run(['register', '--config', shell.config], { env })).exitCode).toBe(0);
      expect(platform.clients).toHaveLength(1);
    }
    await shell.run(['cleanup', '--config', shell.config]);
    expect(platform.clients).toEqual([]);
    expect(await shell.files()).toEqual([]);
  });

  test('for check is a usage error', async ({ stage, shell }) => {
    const env = { MONDOO_REGISTRATION_TOKEN: await stage.platform.issueRegistrationToken() };
    const { exitCode, stderr } = await shell.run(['check'], { env });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^`check` can't use `MONDOO_REGISTRATION_TOKEN`.*\n$/);
    expect(asked(stage)).toEqual([]);
  });
});

describe.concurrent('workload identity federation', () => {
  test('exchanges the ID token in JWT_TOKEN', async ({ stage, shell }) => {
    const { env } = await keyless(stage);
    const ran = await shell.run(['--json'], { env });
    expect(JSON.parse(ran.stdout), ran.stderr).toMatchObject({ status: 'ok', 'owner-mrn': SPACE });
    expect(ran.stderr).toContain('→ exchanged the ID token of this run');
    expect(ran.exitCode).toBe(0);
  });

  test('takes the ID token from another variable, and ignores the one in the file', async ({
    stage,
    shell,
  }) => {
    const { env, jwt } = await keyless(stage);
    const file = { ...JSON.parse(env.MONDOO_CREDENTIALS), jwtToken: jwt };
    const options = { env: { MONDOO_CREDENTIALS: JSON.stringify(file), MY_TOKEN: jwt } };
    const missing = await shell.run(['--json'], options);
    expect(JSON.parse(missing.stdout)).toMatchObject({ status: 'missing-credentials' });
    expect(missing.stderr).toContain('The variable `JWT_TOKEN` has no ID token.');
    const ran = await shell.run(['--json', '--id-token-env', 'MY_TOKEN'], options);
    expect(status(ran)).toBe('ok');
    expect(ran.stderr).toContain('register-cnspec ignores it and gets the token from the CI.');
  });

  test.for([
    [
      'an expired one',
      { lifetime: -60 },
      'unauthenticated',
      /expired at \S+Z\. The runner's clock says .*\nFix: Run the job again/,
    ],
    [
      'one for another audience',
      { audience: 'sts' },
      'invalid-credentials',
      /is for the audience `sts`.*\nFix: Add `id_tokens:` to the job/,
    ],
  ] as const)('does not send %s', async ([, options, expected, says], { stage, shell }) => {
    const { env } = await keyless(stage, options);
    const ran = await shell.run(['--json'], { env: { ...env, GITLAB_CI: 'true' } });
    expect(status(ran)).toBe(expected);
    expect(ran.stderr).toMatch(says);
    expect(asked(stage)).not.toContain('SecureTokenService/ExchangeExternalToken');
  });

  test("rejects text that isn't an ID token, without quoting it", async ({ stage, shell }) => {
    const { env, jwt } = await keyless(stage);
    const ran = await shell.run(['--json'], {
      env: { ...env, JWT_TOKEN: jwt.slice(0, 200).replace('.', '') },
    });
    expect(status(ran)).toBe('invalid-credentials');
    expect(ran.stderr).toContain("The ID token in `JWT_TOKEN` isn't a JWT.");
  });

  test('reports the claims of a rejected ID token', async ({ stage, shell }) => {
    const { env } = await keyless(stage);
    stage.platform.fault('SecureTokenService/ExchangeExternalToken', {
      kind: 'error',
      code: 16,
      message: 'no',
    });
    const ran = await shell.run(['--json'], { env });
    expect(status(ran)).toBe('unauthenticated');
    expect(ran.stderr).toMatch(
      /issuer: https:\/\/gitlab\.example\.com\n.*\n.*\nrepository: lunalectric\/website\nref: main\n/,
    );
  });
});

describe.skipIf(!POSIX)('a signal', { concurrent: true }, () => {
  const stop = async (stage: Stage, shell: Shell, method: Method, signal: string, env = {}) => {
    const cancel = new AbortController();
    const running = shell.run(['register', '--config', shell.config], { env, signal: cancel.signal });
    await until(() => stage.platform.count(method) > 0, running);
    cancel.abort(signal);
    return running;
  };

  test.for([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s rolls back, and exits %i', async ([signal, exitCode], { stage, shell }) => {
    stage.platform.fault('AgentManager/PingPong', { kind: 'hang' });
    const ran = await stop(stage, shell, 'AgentManager/PingPong', signal);
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.stdout).toMatch(new RegExp(`→ the job was cancelled \\(${signal}\\)\n$`));
    expect(await shell.files()).toEqual([]);
  });

  test('leaves a minted client to cleanup', async ({ stage, shell }) => {
    const { platform } = stage;
    const env = { ...NO_CREDENTIALS, MONDOO_REGISTRATION_TOKEN: await platform.issueRegistrationToken() };
    platform.fault('AgentManager/PingPong', { kind: 'hang' });
    const ran = await stop(stage, shell, 'AgentManager/PingPong', 'SIGTERM', env);
    expect(ran.exitCode).toBe(143);
    expect(ran.stdout).toContain('`register-cnspec cleanup` unregisters the client');
    platform.fault('AgentManager/PingPong', []);
    await shell.run(['cleanup', '--config', shell.config]);
    expect(platform.clients).toEqual([]);
    expect(await shell.files()).toEqual([]);
  });
});

describe.skipIf(!POSIX)('a state that register did not write', { concurrent: true }, () => {
  const UUID = '6f2b6a5e-0000-4000-8000-0123456789ab';
  const stateIn = ({ root }: Shell) => path.join(root, 'work', '.mondoo.yml.cleanup.json');

  test('that is a link is neither followed nor replaced', async ({ stage, shell }) => {
    const theirs = path.join(shell.root, 'work', 'theirs');
    await writeFile(theirs, 'theirs');
    await symlink(theirs, stateIn(shell));
    const ran = await shell.run(['register', '--config', 'mondoo.yml', '--json']);
    expect(status(ran)).toBe('runner-error');
    expect(ran.stderr).toContain(`\`${stateIn(shell)}\` isn't private, or register-cnspec did not write it.`);
    expect((await shell.run(['cleanup', '--config', 'mondoo.yml'])).exitCode).toBe(0);
    expect(await readFile(stateIn(shell), 'utf8')).toBe('theirs');
    expect(await shell.files()).toEqual(['work/theirs']);
    expect(asked(stage)).toEqual([]);
  });

  test.for<[string, (root: string) => unknown, mode?: number]>([
    ['names a file beside it as the key file', (root) => ({ keyFile: path.join(root, 'work', 'theirs') })],
    [
      'names a key file elsewhere',
      (root) => ({ keyFile: path.join(root, 'home', `.mondoo.${UUID}.key.json`) }),
    ],
    ['names a folder elsewhere', (root) => ({ createdFolders: [path.join(root, 'home')] })],
    ['has a number of folders', () => ({ createdFolders: 5 })],
    [
      'names the folder of an installation',
      (root) => ({ installFolders: [path.join(root, `cnspec-${UUID}`)] }),
    ],
    ['others can read', () => ({}), 0o644],
  ])('that %s is reported and left alone', async ([, forged, mode = 0o600], { shell }) => {
    const { root } = shell;
    const theirs = ['work/theirs', `home/.mondoo.${UUID}.key.json`, `cnspec-${UUID}/file`];
    await mkdir(path.join(root, `cnspec-${UUID}`));
    for (const name of theirs) await writeFile(path.join(root, name), 'theirs');
    const text = JSON.stringify(forged(root));
    await writeFile(stateIn(shell), text, { mode });
    for (const command of ['cleanup', 'register']) {
      const { exitCode, stdout, stderr } = await shell.run([command, '--config', 'mondoo.yml']);
      expect(exitCode).toBe(command === 'cleanup' ? 0 : 1);
      expect(stdout).toContain(`\`${stateIn(shell)}\` isn't private, or register-cnspec did not write it.`);
      expect(stdout).not.toContain('nothing to clean up');
      expect(stderr).toBe('');
    }
    expect(await readFile(stateIn(shell), 'utf8')).toBe(text);
    expect(await shell.files()).toEqual([...theirs, 'work/.mondoo.yml.cleanup.json'].toSorted());
  });

  test('unregisters no client if its key file is a link', async ({ stage, shell }) => {
    const { platform } = stage;
    const env = { ...NO_CREDENTIALS, MONDOO_REGISTRATION_TOKEN: await platform.issueRegistrationToken() };
    await shell.run(['register', '--config', shell.config], { env });
    const [client] = platform.clients;
    const key = (await shell.files()).find((name) => name.endsWith('.key.json'))!;
    const keyFile = path.join(shell.root, 'work', path.basename(key));
    await symlink(path.join(shell.root, key), keyFile);
    await writeFile(stateIn(shell), JSON.stringify({ keyFile, client: client!.mrn }), { mode: 0o600 });
    await shell.run(['cleanup', '--config', 'mondoo.yml']);
    expect(platform.clients).toEqual([client]);
    await shell.run(['cleanup', '--config', shell.config]);
    expect(platform.clients).toEqual([]);
  });
});

describe.concurrent('the files and client of an earlier register', () => {
  test.for([
    ['check', [], 'runner-error'],
    ['register', ['--timeout', 'nonsense'], 'invalid-input'],
  ] as const)('remain if %s %j fails', async ([command, args, expected], { stage, shell }) => {
    const { platform } = stage;
    const env = { ...NO_CREDENTIALS, MONDOO_REGISTRATION_TOKEN: await platform.issueRegistrationToken() };
    await shell.run(['register', '--config', shell.config], { env });
    const [clients, files] = [[...platform.clients], await shell.files()];
    expect(files).toHaveLength(3);
    const ran = await shell.run([command, '--config', shell.config, '--json', ...args]);
    expect(status(ran), ran.stderr).toBe(expected);
    expect(platform.clients).toEqual(clients);
    expect(await shell.files()).toEqual(files);
    await shell.run(['cleanup', '--config', shell.config]);
    expect(platform.clients).toEqual([]);
    expect(await shell.files()).toEqual([]);
  });
});

test('a state file that can not be moved into place leaves no copy', async ({ shell }) => {
  const noRename = path.join(shell.root, 'home', 'no-rename.mjs');
  const fails = "() => { throw Object.assign(new Error(), { code: 'EPERM' }); }";
  await writeFile(
    noRename,
    `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'; fs.renameSync = ${fails}; syncBuiltinESMExports();`,
  );
  const node = ['--import', pathToFileURL(noRename).href];
  const ran = await shell.run(['register', '--config', shell.config, '--json'], { node });
  expect(status(ran)).toBe('runner-error');
  expect(await shell.files()).toEqual(['home/no-rename.mjs']);
});
