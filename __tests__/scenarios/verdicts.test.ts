import net, { type AddressInfo } from 'node:net';
import { describe, expect } from 'vitest';
import { RpcCode } from '../../src/platform/call-error.ts';
import { type Ran, type Stage, test } from './stage.ts';

/** A verdict, its cause, and the message in the annotation. */
interface Expected {
  status: string;
  title: string;
  /** The cause and its evidence. */
  says: RegExp;
  remedy: RegExp;
  /** The requests to the platform, in any order. */
  asked: string[];
  run(stage: Stage): Promise<Ran>;
}

const HEALTH = 'Health/Check';
const PING = 'AgentManager/PingPong';
const REGISTER = 'AgentManager/RegisterAgent';

const VERDICTS: Expected[] = [
  {
    status: 'invalid-input',
    title: 'Invalid input',
    says: /The input `timeout` is `soon`, which isn't a duration/,
    remedy: /Write it like `30s`/,
    asked: [],
    run: (stage) => stage.run({ timeout: 'soon' }),
  },
  {
    status: 'missing-credentials',
    title: 'No credentials provided',
    says: /The inputs `credentials` and `registration-token` are empty/,
    remedy: /secrets\.MONDOO_CREDENTIALS/,
    asked: [],
    run: (stage) => stage.run({ credentials: '' }),
  },
  {
    status: 'invalid-credentials',
    title: 'Invalid credentials',
    says: /The field `private_key` of the credentials has lost its line breaks/,
    remedy: /gh secret set/,
    asked: [],
    run: (stage) => {
      const flat = stage.credentials.private_key.replaceAll('\n', ' ');
      return stage.run({ credentials: JSON.stringify({ ...stage.credentials, private_key: flat }) });
    },
  },
  {
    status: 'unreachable',
    title: 'No valid response from Mondoo Platform',
    says: /The request to `http\S+ failed: 127\.0\.0\.1:\d+ refuses connections \(ECONNREFUSED\)\.[\s\S]* Health\/Check \(request id [0-9a-f-]{36}\)/,
    remedy: /Fix: .*firewall, proxy/,
    asked: [],
    run: async (stage) =>
      stage.run({ 'api-endpoint': `http://127.0.0.1:${await closedPort()}`, timeout: '4s' }),
  },
  {
    status: 'not-serving',
    title: 'Mondoo Platform is not serving',
    says: /The health check of \S+ returns the status `NOT_SERVING`/,
    remedy: /Run the job again/,
    asked: [HEALTH, PING],
    run: (stage) => {
      stage.platform.health.status = 'NOT_SERVING';
      return stage.run();
    },
  },
  {
    status: 'unauthenticated',
    title: 'Mondoo Platform rejected the credentials',
    says: /deleted or revoked.* The clock is not the cause[\s\S]*Evidence: Service account `\/\/agents\.api\.mondoo\.app\/\S+; .* failed with "rpc error: code = Unauthenticated/,
    remedy: /Generate new credentials in the Mondoo Console/,
    asked: [HEALTH, PING],
    run: (stage) => {
      stage.platform.revoke(stage.credentials.mrn);
      return stage.run();
    },
  },
  {
    status: 'permission-denied',
    title: 'The credentials have the wrong role',
    says: /the role of the service account[\s\S]*Evidence: Service account `\/\/agents\S+; .* failed with "rpc error: code = PermissionDenied/,
    remedy: /the role Agent/,
    asked: [HEALTH, PING],
    run: async (stage) => {
      const viewer = await stage.platform.mint({ role: 'viewer' });
      return stage.run({ credentials: JSON.stringify(viewer) });
    },
  },
  {
    status: 'clock-skew',
    title: 'The clock of the runner is wrong',
    says: /is behind the platform's by 3 days, (71h5\d|72h\d)\S*\. .*with its own time, so they work/,
    remedy: /Fix: Synchronize the clock/,
    asked: [HEALTH, PING, PING],
    run: (stage) => {
      stage.platform.clock.offsetMs = 72 * 3_600_000;
      return stage.run();
    },
  },
  {
    status: 'unregistered',
    title: 'cnspec could not be registered',
    says: /The credentials work\.[\s\S]*Evidence: Owner `\/\/captain\S+; .*rpc error: code = NotFound desc = space not found/,
    remedy: /register: false/,
    asked: [HEALTH, PING, REGISTER],
    run: (stage) => {
      stage.platform.fault(REGISTER, { kind: 'error', code: RpcCode.NotFound, message: 'space not found' });
      return stage.run();
    },
  },
];

describe.concurrent.each(VERDICTS)('$status', ({ status, title, says, remedy, asked, run }) => {
  test('fails the job and reports cause, evidence and fix', async ({ stage }) => {
    const step = await run(stage);
    expect(step.exitCode).toBe(1);
    expect(step.outputs).toMatchObject({ status, findings: status, registered: 'false' });

    const errors = step.annotations.filter(({ level }) => level === 'error');
    expect(errors).toHaveLength(1);
    expect(errors[0]?.title).toBe(title);
    expect(errors[0]?.message).toMatch(says);
    expect(errors[0]?.message).toMatch(remedy);
    expect(errors[0]?.message).toContain(
      `https://github.com/lunalectric/website/blob/0123456789abcdef0123456789abcdef01234567/docs/troubleshooting.md#${status}`,
    );
    expect(step.outputs.error).toMatch(says);
    expect(step.outputs.error).not.toContain('\n');
    expect(step.summary).toContain(`❌ ${title}`);

    expect(stage.platform.requests.map(({ method }) => method).toSorted()).toEqual(asked.toSorted());
    expect(stage.platform.clients).toEqual([]);

    // It leaves no file, no path and no variable.
    expect(step.outputs['config-path']).toBeUndefined();
    expect(step.env).toEqual({});
    const post = await step.job.runPost(step);
    expect(post.exitCode).toBe(0);
    const listing = await step.job.runScript(
      `import { readdirSync } from 'node:fs'; console.log(readdirSync(process.env.RUNNER_TEMP).join(' '));`,
    );
    expect(listing.log).not.toContain('_github_home');
  });
});

async function closedPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
