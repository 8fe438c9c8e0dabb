import { describe, expect } from 'vitest';
import { test } from './stage.ts';

const SECOND = 1000;
const DAY = 86_400 * SECOND;

/** The platform's tolerance: a token is valid for a minute, and the guard allows another minute before and after. */
const isAccepted = (offset: number) => offset > -60 * SECOND && offset < 120 * SECOND;
const OFFSETS = [45 * SECOND, 90 * SECOND, 3 * DAY].flatMap((offset) => [offset, -offset]);

describe.concurrent.each(OFFSETS)("with the platform's clock %i ms off", (offset) => {
  test('valid credentials cause clock-skew, and no client is created', async ({ stage }) => {
    stage.platform.clock.offsetMs = offset;
    const step = await stage.run();
    expect(step.exitCode).toBe(1);
    expect(step.outputs).toMatchObject({ status: 'clock-skew', findings: 'clock-skew', registered: 'false' });
    expect(step.outputs.authenticated).toBe(String(isAccepted(offset)));
    // Half of the round trip counts as skew, and a busy runner is slow.
    const skew = Number(step.outputs['clock-skew-seconds']);
    expect(Math.abs(skew - offset / SECOND)).toBeLessThan(30);
    expect(step.annotations).toHaveLength(1);
    expect(step.annotations[0]?.message).toContain(offset > 0 ? 'behind' : 'ahead of');
    expect(stage.platform.count('AgentManager/RegisterAgent')).toBe(0);
    expect(stage.platform.count('AgentManager/PingPong')).toBe(isAccepted(offset) ? 1 : 2);
  });

  test('revoked credentials cause unauthenticated, with clock-skew among the findings', async ({ stage }) => {
    stage.platform.clock.offsetMs = offset;
    stage.platform.revoke(stage.credentials.mrn);
    const step = await stage.run();
    expect(step.exitCode).toBe(1);
    expect(step.outputs).toMatchObject({
      status: 'unauthenticated',
      findings: 'unauthenticated,clock-skew',
      registered: 'false',
      authenticated: 'false',
    });
    expect(step.annotations[0]?.message).toContain("signed with the platform's time was rejected too");
    expect(stage.platform.count('AgentManager/RegisterAgent')).toBe(0);
    expect(stage.platform.clients).toEqual([]);
  });
});

test('a wrong role is detected in spite of a skewed clock', async ({ stage }) => {
  stage.platform.clock.offsetMs = 3 * DAY;
  const viewer = await stage.platform.mint({ role: 'viewer' });
  const step = await stage.run({ credentials: JSON.stringify(viewer) });
  expect(step.outputs.findings).toBe('permission-denied,clock-skew');
});

test("beyond seven days nothing is signed with the platform's time", async ({ stage }) => {
  stage.platform.clock.offsetMs = 8 * DAY;
  const step = await stage.run();
  expect(step.outputs.findings).toBe('clock-skew');
  expect(step.outputs.error).toContain('the credentials could not be checked');
  expect(stage.platform.count('AgentManager/PingPong')).toBe(1);
});

test('a larger max-clock-skew tolerates a skew that the platform accepts', async ({ stage }) => {
  stage.platform.clock.offsetMs = 45 * SECOND;
  const step = await stage.run({ 'max-clock-skew': '2m' });
  expect(step.exitCode).toBe(0);
  // cnspec would still warn.
  expect(step.log).toMatch(/! possible clock skew detected: [345]/);
  expect(step.outputs).toMatchObject({ status: 'ok', registered: 'true' });
});

test('max-clock-skew cannot tolerate a skew that the platform rejects', async ({ stage }) => {
  stage.platform.clock.offsetMs = -90 * SECOND;
  const step = await stage.run({ 'max-clock-skew': '1h' });
  expect(step.exitCode).toBe(1);
  expect(step.outputs.status).toBe('clock-skew');
});
