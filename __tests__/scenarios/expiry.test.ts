import { describe, expect } from 'vitest';
import { startIdTokenService } from '../../simulator/id-token-service.ts';
import { SPACE, workloadIdentity } from '../../simulator/scenarios.ts';
import { type Stage, test } from './stage.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** A time from now, in whole seconds like those of certificates. */
const later = (milliseconds: number) => new Date(Math.floor((Date.now() + milliseconds) / 1000) * 1000);
const written = (date: Date) => date.toISOString().replace('.000Z', 'Z');

async function runUntil(stage: Stage, certificateNotAfter: Date) {
  const credentials = JSON.stringify(await stage.platform.mint({ certificateNotAfter }));
  return stage.run({ credentials });
}

describe.concurrent('credentials-expire', () => {
  test('is the end of the certificate, without a warning 31 days before', async ({ stage }) => {
    const end = later(31 * DAY);
    const step = await runUntil(stage, end);
    expect(step.outputs, step.log).toMatchObject({ status: 'ok', 'credentials-expire': written(end) });
    expect(step.annotations).toEqual([]);
    expect(step.summary).not.toContain('expire');
  });

  test.for([
    { left: 30 * DAY, says: 'in 29 days' },
    { left: DAY + HOUR, says: 'in 1 day.' },
    { left: HOUR, says: 'in less than a day.' },
  ])(
    'comes with a warning and a line in the summary from 30 days before: $says',
    async ({ left, says }, { stage }) => {
      const end = later(left);
      const step = await runUntil(stage, end);
      expect(step.exitCode, step.log).toBe(0);
      expect(step.outputs).toMatchObject({ status: 'ok', findings: '', 'credentials-expire': written(end) });
      expect(step.annotations).toMatchObject([{ level: 'warning' }]);
      const { message } = step.annotations[0]!;
      for (const part of [end.toISOString(), says, 'Generate new', '`gh secret set`', 'delete the old']) {
        expect(message).toContain(part);
      }
      expect(step.summary).toContain(`<p>⚠️ ${message.replace(/`([^`]+)`/, '<code>$1</code>')}</p>`);
    },
  );

  test('is known for a rejected account, and for an expired certificate', async ({ stage }) => {
    const end = later(-DAY);
    const credentials = await stage.platform.mint({ certificateNotAfter: end });
    stage.platform.revoke(credentials.mrn);
    const step = await stage.run({ credentials: JSON.stringify(credentials) });
    expect(step.outputs).toMatchObject({ status: 'unauthenticated', 'credentials-expire': written(end) });
    expect(step.summary).toContain('expired on');
  });

  test('is empty and causes no warning for keyless, which has no key of its own', async ({ stage }) => {
    const idTokens = stage.until(await startIdTokenService());
    stage.platform.trust({ issuer: idTokens.issuer, publicKey: idTokens.publicKey, audience: SPACE });
    const credentials = JSON.stringify(workloadIdentity(stage.platform.endpoint, idTokens));
    const step = await stage.run({ credentials }, { env: idTokens.env });
    expect(step.outputs.status, step.log).toBe('ok');
    expect(step.outputs).not.toHaveProperty('credentials-expire');
    expect(step.annotations).toEqual([]);
    expect(step.summary).not.toContain('⚠️');
  });

  test('is empty and causes no warning for a registration token, which has no key of its own', async ({
    stage,
  }) => {
    const token = await stage.platform.issueRegistrationToken();
    const step = await stage.run({ credentials: '', 'registration-token': token });
    expect(step.outputs.status, step.log).toBe('ok');
    expect(step.outputs).not.toHaveProperty('credentials-expire');
    expect(step.annotations).toEqual([]);
  });
});
