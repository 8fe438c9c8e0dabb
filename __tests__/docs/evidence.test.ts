import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { PUSH } from '../../simulator/events.ts';
import { SPACE } from '../../simulator/scenarios.ts';
import { test } from '../scenarios/stage.ts';
import { actionsOf, documented, logOf, runDocumented as run } from './documented-run.ts';

const EVIDENCE = documented('docs/recipes.md#evidence');
const ALL = ['evidence', 'verdict-database', 'verdict-network', 'verdict-website'];

const rowsOf = (ran: Awaited<ReturnType<typeof run>>) =>
  ran.steps
    .at(-2)
    ?.step?.summary.split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    );

describe.skipIf(process.platform === 'win32').concurrent('the evidence', () => {
  test('is one table of all jobs, in the summary and as an artifact', async ({ stage }) => {
    const ran = await run(stage, EVIDENCE, PUSH);
    expect(ran.failed, logOf(ran)).toEqual([]);
    expect(ran.artifacts).toEqual(ALL);
    const of = (leg: string) => [
      leg,
      'ok',
      'success',
      SPACE,
      stage.credentials.mrn,
      expect.stringMatching(/^2.*Z$/),
    ];
    expect(rowsOf(ran)).toEqual([of('database'), of('network'), of('website')]);
    expect(ran.steps.at(-2)?.step?.summary).toContain('All jobs together: success.');
  });

  test('has a row for a failed job, and the run fails', async ({ stage }) => {
    let gates = 0;
    const ran = await run(stage, EVIDENCE, PUSH, {
      afterStep: ({ what }) => {
        if (what === 'mondoo' && ++gates === 1) stage.platform.revoke(stage.credentials.mrn);
      },
    });
    expect(ran.failed).toEqual(['scan', 'scan']);
    expect(ran.artifacts).toEqual(ALL);
    expect(rowsOf(ran)?.map((row) => row.slice(0, 3))).toEqual([
      ['database', 'unauthenticated', 'skipped'],
      ['network', 'ok', 'success'],
      ['website', 'unauthenticated', 'skipped'],
    ]);
    expect(ran.steps.at(-2)?.step?.summary).toContain('All jobs together: failure.');
  });

  test('uses only fields that docs/outputs.md calls stable', async ({ stage }) => {
    const page = readFileSync(new URL('../../docs/outputs.md', import.meta.url), 'utf8');
    const section = page.split('## What is stable')[1] ?? '';
    const stable = [...section.matchAll(/^\| `([\w.]+)`/gm)].map(([, field]) => field!);
    expect(stable.length).toBeGreaterThan(8);
    const [step] = actionsOf(await run(stage, EVIDENCE, PUSH));
    const json = JSON.parse(step?.outputs['status-json'] ?? '{}');
    for (const field of stable.filter((field) => field !== 'client.pingPongError')) {
      expect(json).toHaveProperty(field);
    }
  });
});
