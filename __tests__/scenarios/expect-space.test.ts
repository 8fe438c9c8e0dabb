import { describe, expect } from 'vitest';
import { startIdTokenService } from '../../simulator/id-token-service.ts';
import { SPACE, workloadIdentity } from '../../simulator/scenarios.ts';
import { type Stage, test } from './stage.ts';

const ID = 'lunalectric-website';
const OTHER = '//captain.api.mondoo.app/spaces/lunalectric-shop';

/** Runs the step with each kind of credentials, all for the space of the scenarios. */
const METHODS = {
  'a service account': (stage: Stage, space: string) => stage.run({ 'expect-space': space }),
  'a workload identity': async (stage: Stage, space: string) => {
    const idTokens = stage.until(await startIdTokenService());
    stage.platform.trust({ issuer: idTokens.issuer, publicKey: idTokens.publicKey, audience: SPACE });
    const credentials = JSON.stringify(workloadIdentity(stage.platform.endpoint, idTokens));
    const step = await stage.run({ credentials, 'expect-space': space }, { env: idTokens.env });
    return { ...step, asked: idTokens.requests };
  },
  'a registration token': async (stage: Stage, space: string) => {
    const token = await stage.platform.issueRegistrationToken();
    return stage.run({ credentials: '', 'registration-token': token, 'expect-space': space });
  },
};

describe.concurrent.each(Object.entries(METHODS))('expect-space with %s', (_, run) => {
  test.for([ID, SPACE])('passes for the right space: %s', async (space, { stage }) => {
    const step = await run(stage, space);
    expect(step.outputs, step.log).toMatchObject({ status: 'ok', 'space-id': ID });
  });

  test('fails for another space before any request, and names both', async ({ stage }) => {
    const step = await run(stage, OTHER);
    expect(step.exitCode).toBe(1);
    expect(step.outputs, step.log).toMatchObject({
      status: 'invalid-credentials',
      'owner-mrn': SPACE,
      'space-id': ID,
    });
    expect(step.annotations).toMatchObject([{ level: 'error' }]);
    for (const mrn of [SPACE, OTHER]) expect(step.annotations[0]?.message).toContain(mrn);
    expect(step.outputs['config-path']).toBeUndefined();
    expect(stage.platform.requests).toEqual([]);
    expect('asked' in step ? step.asked : []).toEqual([]);
  });
});

test.concurrent('fail-on: none does not tolerate another space', async ({ stage }) => {
  const step = await stage.run({ 'expect-space': OTHER, 'fail-on': 'none' });
  expect(step.exitCode).toBe(1);
  expect(step.outputs.status).toBe('invalid-credentials');
});

test.concurrent('the account of an organization does not match a space', async ({ stage }) => {
  const credentials = JSON.stringify(await stage.platform.mint({ organization: ID }));
  const step = await stage.run({ credentials, 'expect-space': ID });
  expect(step.outputs.status).toBe('invalid-credentials');
  expect(step.outputs.error).toContain(`/organizations/${ID}`);
  expect(stage.platform.requests).toEqual([]);
});
