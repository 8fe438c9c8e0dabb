import { describe, expect } from 'vitest';
import { RpcCode } from '../../src/platform/call-error.ts';
import { TITLES } from '../../src/util/errors.ts';
import { test } from './stage.ts';

/** The last line of the log. */
const VERDICTS = ['→ cnspec is registered', ...Object.values(TITLES).map((title) => `x ${title}`)];

/** The four outcomes of the documentation page "Register cnspec Using a Credentials File". */
describe('the outcomes of cnspec status', () => {
  test('registered and authenticated', async ({ stage }) => {
    const step = await stage.run();
    expect(step.exitCode).toBe(0);
    expect(step.log).toContain('▼ Details, as `cnspec status` prints them\n→ Platform: ');
    expect(step.log).toMatch(/\n→ cnspec is registered\n$/);
    expect(statusOf(step.log)).toEqual([
      'API ConnectionConfig: ENDPOINT',
      'API Status: SERVING',
      'API Time: TIME',
      'API Version: 13',
      'Owner: //captain.api.mondoo.app/spaces/lunalectric-website',
      'Client: //agents.api.mondoo.app/spaces/lunalectric-website/agents/ID',
      'Service Account: //agents.api.mondoo.app/spaces/lunalectric-website/serviceaccounts/ID',
      '→ client is registered',
      '→ client authenticated successfully',
    ]);
    expect(step.outputs).toMatchObject({
      status: 'ok',
      findings: '',
      registered: 'true',
      authenticated: 'true',
    });
  });

  test('not registered', async ({ stage }) => {
    stage.platform.fault('AgentManager/RegisterAgent', {
      kind: 'error',
      code: RpcCode.FailedPrecondition,
      message: 'the space has reached its limit of clients',
    });
    const step = await stage.run();
    expect(step.exitCode).toBe(1);
    expect(step.log).toContain('x client is not registered\n');
    expect(step.log).not.toContain('client is registered\n→');
    expect(step.outputs).toMatchObject({
      status: 'unregistered',
      registered: 'false',
      authenticated: 'true',
    });
  });

  test('registered, but not authenticated', async ({ stage }) => {
    stage.platform.revoke(stage.credentials.mrn);
    const agentMrn = '//agents.api.mondoo.app/spaces/lunalectric-website/agents/2SARlZgQnFLAzj7jfiS1Fx2HBz8';
    const step = await stage.run({
      credentials: JSON.stringify({ ...stage.credentials, agent_mrn: agentMrn }),
    });
    expect(step.exitCode).toBe(1);
    expect(statusOf(step.log).slice(-2)).toEqual([
      '→ client is registered',
      'x could not connect to mondoo platform error="rpc error: code = Unauthenticated desc = request permission unauthenticated"',
    ]);
    expect(step.outputs).toMatchObject({
      status: 'unauthenticated',
      registered: 'true',
      authenticated: 'false',
    });
    expect(step.outputs['client-mrn']).toBe(agentMrn);
  });

  test('authenticated, with a skewed clock', async ({ stage }) => {
    stage.platform.clock.offsetMs = 45_000;
    const step = await stage.run({ register: 'false' });
    expect(step.exitCode).toBe(1);
    const lines = statusOf(step.log);
    expect(lines.slice(-3, -1)).toEqual([
      '→ client is registered (a service account is configured; cnspec counts that as registered)',
      '→ client authenticated successfully',
    ]);
    expect(lines.at(-1)).toMatch(/^! possible clock skew detected: [345]\d(\.\d+)?s$/);
    expect(step.outputs).toMatchObject({ status: 'clock-skew', registered: 'true', authenticated: 'true' });
  });
});

/** The log lines from the endpoint to the verdict, without values that differ from run to run. */
function statusOf(log: string): string[] {
  const lines = log.slice(log.indexOf('→ API ConnectionConfig')).trimEnd().split('\n');
  const end = lines.findIndex((line) => VERDICTS.includes(line));
  return lines.slice(0, end).map((line) =>
    line
      .replace(/http:\/\/127\.0\.0\.1:\d+/, 'ENDPOINT')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/, 'TIME')
      .replace(/(agents|serviceaccounts)\/[A-Za-z0-9]{27}$/, '$1/ID')
      .replace(/^→ (?=[A-Z])/, ''),
  );
}
