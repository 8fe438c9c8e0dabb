import { describe, expect } from 'vitest';
import { PUSH } from '../../simulator/events.ts';
import { test } from '../scenarios/stage.ts';
import { actionsOf, documented, logOf, runDocumented as run, scansOf } from './documented-run.ts';

const ROTATION = documented('docs/recipes.md#rotate-credentials');

describe.skipIf(process.platform === 'win32').concurrent('the rotation of credentials', () => {
  test('no run fails while the old account is deleted, if the new secret is stored', async ({ stage }) => {
    const { platform, credentials } = stage;
    const renewed = await platform.mint();
    const secrets = { MONDOO_CREDENTIALS_NEW: JSON.stringify(renewed) };
    // The first run that gets this far deletes the old account while the other run is still working.
    const afterStep = () => platform.revoke(credentials.mrn);
    const runs = await Promise.all([1, 2].map(() => run(stage, ROTATION, PUSH, { secrets, afterStep })));
    for (const ran of runs) {
      expect(ran.failed, logOf(ran)).toEqual([]);
      expect(actionsOf(ran).map(({ outputs }) => outputs['service-account-mrn'])).toEqual([
        renewed.mrn,
        renewed.mrn,
      ]);
      for (const { annotations } of actionsOf(ran)) expect(annotations).toEqual([]);
      expect(scansOf(ran)).toHaveLength(1);
    }
    expect(platform.serviceAccounts).not.toContain(credentials.mrn);
  });

  test('an invalid new secret causes an error annotation, and the job continues with the old account', async ({
    stage,
  }) => {
    const { platform, credentials } = stage;
    const renewed = await platform.mint();
    platform.revoke(renewed.mrn);
    for (const text of [JSON.stringify(renewed), JSON.stringify(renewed).slice(0, 400)]) {
      const ran = await run(stage, ROTATION, PUSH, { secrets: { MONDOO_CREDENTIALS_NEW: text } });
      const [tried, used] = actionsOf(ran);
      expect(ran.failed, logOf(ran)).toEqual([]);
      expect(tried?.annotations).toMatchObject([{ level: 'error' }]);
      expect(used?.outputs).toMatchObject({ status: 'ok', 'service-account-mrn': credentials.mrn });
      expect(scansOf(ran)).toHaveLength(1);
    }
  });

  test('an older run, which has only the old secret, fails if the account is deleted too early', async ({
    stage,
  }) => {
    const { platform, credentials } = stage;
    platform.revoke(credentials.mrn);
    const ran = await run(stage, ROTATION, PUSH);
    expect(ran.failed).toEqual(['scan']);
    expect(ran.steps.map(({ what }) => what)).not.toContain('new');
    expect(scansOf(ran)).toEqual([]);
  });

  test('a job that passed its gate before the account is deleted stays green', async ({ stage }) => {
    const { platform, credentials } = stage;
    const ran = await run(stage, ROTATION, PUSH, {
      afterStep: ({ what }) => {
        if (what === 'mondoo') platform.revoke(credentials.mrn);
      },
    });
    expect(ran.failed, logOf(ran)).toEqual([]);
    expect(scansOf(ran)).toHaveLength(1);
  });
});
