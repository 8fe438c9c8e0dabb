import { describe, expect } from 'vitest';
import { RpcCode } from '../../../src/platform/call-error.ts';
import type { Stage } from '../stage.ts';
import { test } from './shell.ts';

const CLIENT = '//agents.api.mondoo.app/spaces/lunalectric-website/agents/2SARlZgQnFLAzj7jfiS1Fx2HBz8';

interface Outcome {
  name: string;
  status: string;
  register: boolean;
  /** Whether the credentials name a client. */
  hasClient?: boolean;
  prepare?(stage: Stage): void;
}

/** The four outcomes of the documentation page "Register cnspec Using a Credentials File". */
const OUTCOMES: Outcome[] = [
  { name: 'registered and authenticated', status: 'ok', register: true },
  {
    name: 'not registered',
    status: 'unregistered',
    register: true,
    prepare: ({ platform }) =>
      platform.fault('AgentManager/RegisterAgent', {
        kind: 'error',
        code: RpcCode.FailedPrecondition,
        message: 'the space has reached its limit of clients',
      }),
  },
  {
    name: 'registered, but not authenticated',
    status: 'unauthenticated',
    register: false,
    hasClient: true,
    prepare: ({ platform, credentials }) => platform.revoke(credentials.mrn),
  },
  {
    name: 'authenticated, with a skewed clock',
    status: 'clock-skew',
    register: false,
    prepare: ({ platform }) => {
      platform.clock.offsetMs = 45_000;
    },
  },
];

/** Outputs that differ between two runs, or between the action and the command. */
const VARYING = [
  'api-time',
  'clock-skew',
  'clock-skew-seconds',
  'client-mrn',
  'config-path',
  'status-json',
  'error',
];

function comparable(outputs: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => !VARYING.includes(name)));
}

describe.concurrent('the command and the action have the same outcome', () => {
  test.for(OUTCOMES)('$name', async ({ status, register, hasClient, prepare }, { stage, shell }) => {
    const credentials = { ...stage.credentials, ...(hasClient && { agent_mrn: CLIENT }) };
    prepare?.(stage);
    const action = await stage.run({ credentials: JSON.stringify(credentials), register: String(register) });
    const command = await shell.run(
      [...(register ? ['register', '--config', shell.config] : ['check']), '--json'],
      { env: { MONDOO_CREDENTIALS: JSON.stringify(credentials) } },
    );
    const outputs: Record<string, string> = JSON.parse(command.stdout);
    expect(outputs.status, command.stderr).toBe(status);
    expect(command.exitCode).toBe(action.exitCode);
    expect(comparable(outputs)).toEqual(comparable(action.outputs));
    expect(
      Object.keys(outputs)
        .toSorted()
        .filter((name) => name !== 'config-path'),
    ).toEqual(
      Object.keys(action.outputs)
        .toSorted()
        .filter((name) => name !== 'config-path'),
    );
    // The lines of `cnspec status` are also the same, except for times and ids.
    const linesOf = (log: string) =>
      (log.match(/^(?:→|x|!) .*/gm) ?? [])
        .filter((line) => !/Time:|loaded credentials|clock skew|Client: \/\//.test(line))
        .map((line) => line.replace(/\(request id .*/, ''));
    expect(linesOf(command.stderr).filter((line) => !line.startsWith('x '))).toEqual(
      linesOf(action.log).filter((line) => !line.startsWith('x ')),
    );
    await shell.run(['cleanup', '--config', shell.config]);
  });
});
