import { readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { test } from './shell.ts';

const POSIX = process.platform !== 'win32';

describe.concurrent('a usage error exits 2, with one line', () => {
  const SECRET = '{"private_key":"-----BEGIN PRIVATE KEY-----c2VjcmV0LXRoYXQtbm9ib2R5LW1heS1zZWU"}';
  test.for<[args: string[], line: RegExp]>([
    [['--bogus'], /^Unknown option '--bogus'\. For help: register-cnspec --help$/],
    [['scan'], /^Use one of the commands `check`, `register`, `cleanup`\./],
    [['check', 'register'], /^Use one of the commands/],
    [['check', SECRET], /^Use one of the commands/],
    [[`--${SECRET}`], /^Unknown option \(not shown\)\./],
    [['register'], /^`register` needs `--config FILE`\./],
    [['cleanup'], /^`cleanup` needs `--config FILE`\./],
    [['--credentials', 'missing.json'], /^The file of `--credentials` can't be read \(ENOENT\)\./],
    [['--credentials', SECRET], /^The file of `--credentials` can't be read \(ENOENT\)\./],
    [
      ['--api-proxy', 'http://user:a-password-for-a-proxy@proxy:3128'],
      /^Other processes can read the password in `--api-proxy`\./,
    ],
    [['--c3VwZXItc2VjcmV0. x'], /^Unknown option \(not shown\)\./],
    [[`--c3Vw\n${SECRET}`], /^Unknown option \(not shown\)\./],
    [['--json=x'], /^Option '--json' does not take an argument\./],
    [['--timeout', '--json'], /^Option '--timeout' argument is ambiguous\./],
    [['--timeout'], /^Option '--timeout <value>' argument missing\./],
  ])('%j', async ([args, line], { stage, shell }) => {
    const { exitCode, stdout, stderr } = await shell.run(args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.trimEnd()).toMatch(line);
    expect(stderr.trimEnd()).not.toMatch(/\n|c2Vj|c3Vw|a-password/);
    expect(stage.platform.requests).toEqual([]);
  });
});

describe.concurrent('the command', () => {
  test('prints its help and its version', async ({ shell }) => {
    for (const args of [['--help'], ['register', '-h']]) {
      const { exitCode, stdout } = await shell.run(args);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^Usage {2}register-cnspec \[check \| register \| cleanup\]/);
    }
    expect(await shell.run(['--version'])).toMatchObject({ exitCode: 0, stdout: `${manifest.version}\n` });
  });

  test('prints one line on an older Node', async ({ shell }) => {
    const old = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'22.9.0'})";
    const { exitCode, stdout, stderr } = await shell.run([], { node: ['--import', old] });
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toBe('register-cnspec needs Node 24 or later. This is Node 22.9.0.\n');
  });

  test('is the `bin` of the package', async () => {
    expect(manifest.bin).toEqual({ 'register-cnspec': 'dist/cli/index.js' });
    const text = await readFile(new URL('../../../dist/cli/index.js', import.meta.url), 'utf8');
    expect(text).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test('prints nothing on stderr, and no color unless it writes to a terminal', async ({ shell }) => {
    const { stdout, stderr } = await shell.run([]);
    expect(stderr).toBe('');
    expect(stdout).not.toContain('\u001b');
    const colored = await shell.run([], { env: { FORCE_COLOR: '1' } });
    expect(colored.stdout).toContain('\u001b[32m→ The credentials work');
    const plain = await shell.run([], { env: { FORCE_COLOR: undefined, NO_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\u001b');
  });

  test('prints one JSON object on stdout with --json, and everything else on stderr', async ({
    stage,
    shell,
  }) => {
    stage.platform.clock.offsetMs = 45_000;
    const { exitCode, stdout, stderr } = await shell.run(['--json']);
    expect(exitCode).toBe(1);
    expect(stdout.trimEnd()).not.toContain('\n');
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'clock-skew',
      registered: 'true',
      authenticated: 'true',
    });
    expect(stderr).toContain('x The clock of the runner is wrong\n');
  });

  test('writes its reports, even if the gate fails', async ({ stage, shell }) => {
    stage.platform.revoke(stage.credentials.mrn);
    const [env, xml] = ['gate.env', 'gate.xml'].map((name) => path.join(shell.root, name)) as [
      string,
      string,
    ];
    const { exitCode } = await shell.run(['--dotenv', env, '--junit', xml]);
    expect(exitCode).toBe(1);
    expect(await readFile(env, 'utf8')).toMatch(/^MONDOO_GATE_STATUS=unauthenticated\n/);
    expect(await readFile(env, 'utf8')).toMatch(/^MONDOO_GATE_API_ENDPOINT=http:\/\/127\.0\.0\.1:\d+$/m);
    expect(await readFile(xml, 'utf8')).toContain('name="unauthenticated"><failure ');
  });

  test('fails if it can not write a report, and rolls back', async ({ shell }) => {
    const args = ['check', '--config', shell.config, '--junit', 'no/such/folder.xml', '--json'];
    const { exitCode, stdout, stderr } = await shell.run(args);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'runner-error', registered: 'false' });
    expect(stderr).toContain('The file of `--junit` could not be written (ENOENT).');
    expect(await shell.files()).toEqual([]);
  });

  test('withdraws the dotenv report if it can not write the other one', async ({ shell }) => {
    const env = path.join(shell.root, 'gate.env');
    const { exitCode } = await shell.run(['--dotenv', env, '--junit', 'no/such/folder.xml']);
    expect(exitCode).toBe(1);
    expect(await readFile(env, 'utf8')).toBe(
      'MONDOO_GATE_STATUS=runner-error\nMONDOO_GATE_FINDINGS=runner-error\nMONDOO_GATE_REGISTERED=false\n',
    );
  });

  test.skipIf(!POSIX)('writes no report through a link that a checkout created', async ({ shell }) => {
    const theirs = path.join(shell.root, 'work', 'theirs');
    await writeFile(theirs, 'theirs');
    await symlink(theirs, path.join(shell.root, 'work', 'report'));
    for (const option of ['--dotenv', '--junit']) {
      const { exitCode, stdout } = await shell.run([option, 'report']);
      expect(exitCode).toBe(1);
      expect(stdout).toContain(`The file of \`${option}\` could not be written (ELOOP).`);
    }
    expect(await readFile(theirs, 'utf8')).toBe('theirs');
  });

  test('reports a temporary folder that it can not create', async ({ shell }) => {
    const file = path.join(shell.root, 'work', 'file');
    await writeFile(file, '');
    const folder = path.join(file, 'tmp');
    const env = { TMPDIR: folder, TEMP: folder, TMP: folder };
    const { exitCode, stdout } = await shell.run(['--json'], { env });
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'runner-error' });
  });

  test.for(['--json', '--help'])(
    '%s ends by itself if the reader of stdout has gone',
    async (option, { shell }) => {
      const ran = await shell.run([option], { closesStdout: true });
      expect(ran).toMatchObject({ exitCode: 0, signal: null });
      expect(ran.stderr).not.toContain('bug');
    },
  );

  test('masks secrets on Azure Pipelines only, and not with --json', async ({ stage, shell }) => {
    const masks = /^##vso\[task\.setsecret\]/m;
    const body = stage.credentials.private_key.split('\n')[1]!;
    const azure = await shell.run([], { env: { TF_BUILD: 'True' } });
    expect(azure.stdout).toContain(`##vso[task.setsecret]${body}\n`);
    // The agent unescapes what it reads.
    const token = { REGISTER_CNSPEC_API_PROXY: 'http://user:100%25-a%0Apassword@127.0.0.1:1' };
    const escaped = await shell.run(['--timeout', '1s'], { env: { TF_BUILD: 'True', ...token } });
    expect(escaped.stdout).toContain('##vso[task.setsecret]100%AZP2525-a%AZP250Apassword\n');
    expect(escaped.stdout).toContain('##vso[task.setsecret]100%AZP25-a%0Apassword\n');
    expect((await shell.run(['--json'], { env: { TF_BUILD: 'True' } })).log).not.toMatch(masks);
    expect((await shell.run([])).log).not.toMatch(masks);
  });

  test('exits 0 if --fail-on omits the finding', async ({ stage, shell }) => {
    stage.platform.clock.offsetMs = 45_000;
    const { exitCode, stdout } = await shell.run(['--fail-on', 'unauthenticated,unreachable']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/→ The clock of the runner is wrong, but `--fail-on` lets it pass\n/);
  });

  test.for([
    ['in its own work', "throw new TypeError('quoted')"],
    ['outside its work', "setImmediate(() => { throw new TypeError('quoted'); }); return 'x'"],
  ])('reports a bug %s without the text of the exception', async ([, throws], { shell }) => {
    const bug = path.join(shell.root, 'home', 'bug.mjs');
    await writeFile(bug, `import os from 'node:os'; os.hostname = () => { ${throws} };`);
    const { exitCode, stdout, stderr } = await shell.run([], { node: ['--import', pathToFileURL(bug).href] });
    expect(exitCode).toBe(1);
    expect(stdout).not.toContain('The credentials work');
    expect(stderr).toMatch(
      /^This is a bug in register-cnspec \(TypeError\)\. Report it in the repository of register-cnspec, with these lines\.\n/,
    );
    expect(stderr).not.toContain('quoted');
  });
});
