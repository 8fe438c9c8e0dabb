import { expect } from 'vitest';
import { test } from './stage.ts';

const THREE_DAYS = 3 * 86_400_000;

test.concurrent('fails if the graver of two findings is in fail-on', async ({ stage }) => {
  stage.platform.clock.offsetMs = THREE_DAYS;
  stage.platform.revoke(stage.credentials.mrn);
  const step = await stage.run({ 'fail-on': 'unauthenticated' });
  expect(step.exitCode).toBe(1);
  expect(step.annotations.map(({ level }) => level)).toEqual(['warning', 'error']);
  expect(step.outputs).toMatchObject({ status: 'unauthenticated', findings: 'unauthenticated,clock-skew' });
});

test.concurrent('fails if only the lesser of two findings is in fail-on', async ({ stage }) => {
  stage.platform.clock.offsetMs = THREE_DAYS;
  stage.platform.revoke(stage.credentials.mrn);
  const step = await stage.run({ 'fail-on': 'clock-skew' });
  expect(step.exitCode).toBe(1);
  expect(step.outputs.status).toBe('unauthenticated');
  expect(step.annotations.at(-1)).toMatchObject({
    level: 'error',
    title: 'The clock of the runner is wrong',
  });
  expect(step.outputs['config-path']).toBeUndefined();
});

test.concurrent('passes with warnings if no finding is in fail-on, and registers nothing', async ({
  stage,
}) => {
  stage.platform.clock.offsetMs = THREE_DAYS;
  const step = await stage.run({ 'fail-on': 'none' });
  expect(step.exitCode).toBe(0);
  expect(step.outputs).toMatchObject({ status: 'clock-skew', registered: 'false', authenticated: 'false' });
  expect(step.annotations).toEqual([expect.objectContaining({ level: 'warning' })]);
  expect(step.outputs['config-path']).toBe(step.env.MONDOO_CONFIG_PATH);
  expect(step.outputs.error).toBeUndefined();
  expect(stage.platform.count('AgentManager/RegisterAgent')).toBe(0);
});

test.concurrent('registers in spite of a tolerated finding if the platform accepts the credentials', async ({
  stage,
}) => {
  stage.platform.clock.offsetMs = 45_000;
  const step = await stage.run({ 'fail-on': 'unauthenticated, unregistered' });
  expect(step.exitCode).toBe(0);
  expect(step.outputs).toMatchObject({ status: 'clock-skew', registered: 'true' });
  expect(stage.platform.clients).toHaveLength(1);
});

test.concurrent('fails for invalid credentials with any fail-on', async ({ stage }) => {
  const step = await stage.run({ credentials: '{"mrn": ', 'fail-on': 'none' });
  expect(step.exitCode).toBe(1);
  expect(step.outputs.status).toBe('invalid-credentials');
  expect(stage.platform.requests).toEqual([]);
});
