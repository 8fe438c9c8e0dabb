import { describe, expect } from 'vitest';
import { PUSH } from '../../simulator/events.ts';
import { test } from '../scenarios/stage.ts';
import { actionsOf, documented, logOf, runDocumented as run, scansOf } from './documented-run.ts';

const ROTATION = documented('docs/recipes.md#rotate-credentials');

describe.skipIf(process.platform === 'win32').concurrent('the rotation of credentials', () => {
  test('no run is red while the old account is deleted, once the new one is stored', async ({ stage }) => {
    const { platform, credentials } = stage;
    const renewed = await platform.mint();
    const secrets = { MONDOO_CREDENTIALS_NEW: JSON.stringify(renewed) };
    // The first run that gets anywhere deletes the old account; the other one is somewhere on its way.
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

  test('a new secret that does not work shows an error, and the job goes on with the old account', async ({
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

  test('a run from before, which has the old secret only, is red if the account is deleted too early', async ({
    stage,
  }) => {
    const { platform, credentials } = stage;
    platform.revoke(credentials.mrn);
    const ran = await run(stage, ROTATION, PUSH);
    expect(ran.failed).toEqual(['scan']);
    expect(ran.steps.map(({ what }) => what)).not.toContain('new');
    expect(scansOf(ran)).toEqual([]);
  });

  test('a job that has passed its gate before the account is deleted stays green', async ({ stage }) => {
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
