import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { SCHEDULE } from '../../simulator/events.ts';
import { test } from '../scenarios/stage.ts';
import { documented, logOf, runDocumented as run } from './documented-run.ts';
import { issuesIn } from './github-cli.ts';

const WEEKLY = documented('docs/recipes.md#weekly-check');

function issueFile({ onTestFinished }: { onTestFinished: (clean: () => void) => void }): string {
  const file = path.join(os.tmpdir(), `issues-${randomUUID()}.json`);
  onTestFinished(() => rmSync(file, { force: true }));
  return file;
}

describe.skipIf(process.platform === 'win32').concurrent('the weekly check', () => {
  test('opens the issue 30 days before the credentials expire, and not 31 days before', async ({
    stage,
    onTestFinished,
  }) => {
    const issues = issueFile({ onTestFinished });
    const expiringIn = async (days: number) => {
      const certificateNotAfter = new Date(Date.now() + days * 86_400_000);
      const credentials = await stage.platform.mint({ certificateNotAfter });
      const secrets = { MONDOO_CREDENTIALS: JSON.stringify(credentials) };
      const ran = await run(stage, WEEKLY, SCHEDULE, { issues, secrets });
      expect(ran.failed, logOf(ran)).toEqual([]);
      return certificateNotAfter.toISOString().slice(0, 10);
    };
    await expiringIn(31);
    expect(issuesIn(issues)).toEqual([]);
    const day = await expiringIn(29);
    expect(issuesIn(issues)).toMatchObject([{ number: 1, state: 'open' }]);
    expect(issuesIn(issues)[0]?.body).toContain(`The credentials expire on ${day}T`);
    expect(issuesIn(issues)[0]?.body).toContain('gh secret set');
    await expiringIn(3650);
    expect(issuesIn(issues)).toMatchObject([{ number: 1, state: 'closed' }]);
  });

  test('opens one issue when the gate fails, updates it, and closes it when the gate passes again', async ({
    stage,
    onTestFinished,
  }) => {
    const issues = issueFile({ onTestFinished });
    const good = await run(stage, WEEKLY, SCHEDULE, { issues });
    expect(good.failed, logOf(good)).toEqual([]);
    expect(issuesIn(issues)).toEqual([]);

    const revoked = await stage.platform.mint();
    stage.platform.revoke(revoked.mrn);
    const secrets = { MONDOO_CREDENTIALS: JSON.stringify(revoked) };
    const bad = await run(stage, WEEKLY, SCHEDULE, { issues, secrets });
    expect(bad.failed, logOf(bad)).toEqual(['gate / gate']);
    expect(issuesIn(issues)).toMatchObject([{ number: 1, label: 'mondoo-gate', state: 'open' }]);
    expect(issuesIn(issues)[0]?.body).toMatch(
      /^The gate failed: unauthenticated\.\n\n {4}\S.*\n\nLast check: https/,
    );

    await run(stage, WEEKLY, SCHEDULE, { issues, secrets: { MONDOO_CREDENTIALS: '' } });
    expect(issuesIn(issues)).toMatchObject([{ number: 1, state: 'open' }]);
    expect(issuesIn(issues)[0]?.body).toContain('The gate failed: missing-credentials.');

    const again = await run(stage, WEEKLY, SCHEDULE, { issues });
    expect(again.failed, logOf(again)).toEqual([]);
    expect(issuesIn(issues)).toMatchObject([{ number: 1, state: 'closed' }]);
    expect(issuesIn(issues)[0]?.comments[0]).toContain('All is well');
  });
});
