import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { writeCnspec } from '../../../simulator/cnspec-program.ts';
import type { Method } from '../../../simulator/platform.ts';
import { RpcCode } from '../../../src/platform/call-error.ts';
import { FINDINGS } from '../../../src/util/errors.ts';
import type { Stage } from '../stage.ts';
import { type CommandOptions, type Shell, test } from './shell.ts';

interface Expected {
  status: string;
  /** Cause and fix, as people read them. */
  says: RegExp;
  args?: string[];
  exitCode?: number;
  asked: Method[];
  /** Returns how the command differs, if it does. */
  prepare?(stage: Stage, shell: Shell): unknown;
}

const [HEALTH, PING, REGISTER]: [Method, Method, Method] = [
  'Health/Check',
  'AgentManager/PingPong',
  'AgentManager/RegisterAgent',
];

const ROWS: Expected[] = [
  {
    status: 'ok',
    says: /→ client authenticated successfully\n→ The credentials work\n$/,
    exitCode: 0,
    asked: [HEALTH, PING],
  },
  {
    status: 'invalid-input',
    says: /x Invalid input\nThe option `--timeout` is `soon`, which isn't a duration\.\nFix: Write it like `30s`/,
    args: ['--timeout', 'soon'],
    asked: [],
  },
  {
    status: 'missing-credentials',
    says: /Nothing was found in the variable `MONDOO_CREDENTIALS` or in `MONDOO_CONFIG_BASE64`\.\nFix: Use `--credentials FILE`/,
    asked: [],
    prepare: () => ({ env: { MONDOO_CREDENTIALS: undefined } }),
  },
  {
    status: 'invalid-credentials',
    says: /The field `private_key` of the credentials has lost its line breaks.*\nFix: Store the JSON unchanged as the secret\./,
    asked: [],
    prepare: ({ credentials }) => {
      const flat = { ...credentials, private_key: credentials.private_key.replaceAll('\n', ' ') };
      return { env: { MONDOO_CREDENTIALS: JSON.stringify(flat) } };
    },
  },
  {
    status: 'runner-error',
    says: /theirs\.yml` exists already, and register-cnspec didn't write it\. .*\nFix: Remove it, or set the option `--config` to another path\./,
    args: ['--config', 'theirs.yml'],
    asked: [],
    prepare: async (_, { root }) => writeFile(path.join(root, 'work', 'theirs.yml'), 'mrn: x\n'),
  },
  {
    status: 'unreachable',
    says: /The request to `http\S+ failed: .*(?:ECONNREFUSED|refuses)[\s\S]*Fix: Check that the runner can reach/,
    args: ['--api-endpoint', 'http://127.0.0.1:1', '--timeout', '4s'],
    asked: [],
  },
  {
    status: 'not-serving',
    says: /returns the status `NOT_SERVING`\. Your job is not the cause\.\nFix: /,
    asked: [HEALTH, PING],
    prepare: ({ platform }) => {
      platform.health.status = 'NOT_SERVING';
    },
  },
  {
    status: 'unauthenticated',
    says: /x could not connect to mondoo platform[\s\S]*x Mondoo Platform rejected the credentials\n.*deleted or revoked.* The clock is not the cause.*\nFix: Look for the account .* Generate new credentials[\s\S]*Evidence: Service account `\/\/agents/,
    asked: [HEALTH, PING],
    prepare: ({ platform, credentials }) => platform.revoke(credentials.mrn),
  },
  {
    status: 'permission-denied',
    says: /The key is correct, but the role of the service account does not allow `AgentManager\/PingPong`\.\nFix: Add a service account with the role Agent/,
    asked: [HEALTH, PING],
    prepare: async ({ platform }) => ({
      env: { MONDOO_CREDENTIALS: JSON.stringify(await platform.mint({ role: 'viewer' })) },
    }),
  },
  {
    status: 'clock-skew',
    says: /x The clock of the runner is wrong\n.* behind the platform's by 3 days.* so they work\.\nFix: Synchronize the clock/,
    asked: [HEALTH, PING, PING],
    prepare: ({ platform }) => {
      platform.clock.offsetMs = 72 * 3_600_000;
    },
  },
  {
    status: 'unregistered',
    says: /The credentials work\.[\s\S]*If this job needs no client, use the command `check`\./,
    args: ['register', '--config', 'mondoo.yml'],
    asked: [HEALTH, PING, REGISTER],
    prepare: ({ platform }) =>
      platform.fault(REGISTER, { kind: 'error', code: RpcCode.NotFound, message: 'space not found' }),
  },
  {
    status: 'cnspec-failed',
    says: /The option `--verify-with-cnspec` is `true`, but cnspec isn't on `PATH`\.\nFix: Install cnspec in an earlier step\.\n/,
    args: ['--verify-with-cnspec', 'true'],
    asked: [],
  },
  {
    status: 'skipped',
    says: /→ Skipped: this run has no access to secrets\n.* This change comes from a fork, and GitLab gives forks no secrets by default/,
    args: ['--on-missing-credentials', 'skip'],
    exitCode: 0,
    asked: [],
    prepare: () => ({
      env: {
        MONDOO_CREDENTIALS: undefined,
        GITLAB_CI: 'true',
        CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '2',
        CI_MERGE_REQUEST_PROJECT_ID: '1',
      },
    }),
  },
];

describe.concurrent('each verdict, by the command', () => {
  test.for(ROWS)(
    '$status',
    async ({ status, says, args = [], exitCode = 1, asked, prepare }, { stage, shell }) => {
      const options = ((await prepare?.(stage, shell)) ?? {}) as CommandOptions;
      const before = await shell.files();
      const people = await shell.run(args, options);
      expect(people.stdout).toMatch(says);
      expect(people).toMatchObject({ exitCode, stderr: '' });
      expect(stage.platform.requests.map(({ method }) => method).toSorted()).toEqual(asked.toSorted());
      expect(stage.platform.clients).toEqual([]);
      // Nothing is left, not even the state.
      expect(await shell.files()).toEqual(before);

      const program = await shell.run([...args, '--json'], options);
      expect(JSON.parse(program.stdout)).toMatchObject({ status });
      expect(program.exitCode).toBe(exitCode);
      expect(program.stderr).toMatch(says);
    },
  );

  test('every finding has a row', ({ expect }) => {
    expect(ROWS.map(({ status }) => status).toSorted()).toEqual([...FINDINGS, 'ok'].toSorted());
  });
});

describe('a cnspec on PATH', { concurrent: true }, () => {
  test.for([
    ['agreeing', 0, 'ok'],
    ['unauthenticated', 1, 'cnspec-failed'],
  ] as const)(
    'that is %s reads a private temporary file, which is removed',
    async ([kind, exitCode, status], { stage, shell }) => {
      const program = await writeCnspec(path.join(shell.root, 'bin'), { version: '13.0.0', kind });
      const before = await shell.files();
      const PATH = [path.dirname(program), process.env.PATH].join(path.delimiter);
      const ran = await shell.run(['check', '--json'], { env: { PATH } });
      expect(JSON.parse(ran.stdout), ran.stderr).toMatchObject({ status, 'cnspec-version': '13.0.0' });
      expect(ran.exitCode).toBe(exitCode);
      expect(JSON.parse(ran.stdout)).not.toHaveProperty('config-path');
      expect(await shell.files()).toEqual(before);
      expect(stage.platform.count(REGISTER)).toBe(0);
    },
  );
});
