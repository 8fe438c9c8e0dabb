import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentedWorkflows } from '../../scripts/documented-workflows.ts';
import { readPages, sectionsOf } from '../../scripts/markdown.ts';
import {
  DEPENDABOT_PULL_REQUEST,
  FORK_PULL_REQUEST,
  PULL_REQUEST,
  PUSH,
  SCHEDULE,
} from '../../simulator/events.ts';
import { DRAWN, drawn } from '../scenarios/drawn.ts';
import { test } from '../scenarios/stage.ts';
import { actionsOf, logOf, runDocumented as run, scansOf, summaryOf } from './documented-run.ts';
import { ACTION, eventsOf, GATE, readWorkflow } from './workflow.ts';
import type { RanWorkflow } from './workflow-runner.ts';

/** How many similar workflows `npm test` draws. */
const SOME = 4;

const workflows = documentedWorkflows().filter(({ text }) => text.includes(ACTION) || text.includes(GATE));
const forPullRequests = workflows.filter(({ text }) => eventsOf(readWorkflow(text)).includes('pull_request'));
const thatScan = workflows.filter(({ text }) => /cnspec scan|mondoohq\//.test(text));

const installsOf = ({ steps }: RanWorkflow) => steps.filter(({ step }) => step?.path.length);
// Windows runners have bash too, but not always first on PATH.
describe.skipIf(process.platform === 'win32').concurrent(`a workflow of the documentation (${DRAWN})`, () => {
  test.for(workflows)('passes, and scans with mondoo.yml: $source', async ({ text }, { stage }) => {
    const events = eventsOf(readWorkflow(text));
    const event = events.includes('pull_request') ? PULL_REQUEST : events.includes('push') ? PUSH : SCHEDULE;
    const issues = path.join(os.tmpdir(), `issues-${randomUUID()}.json`);
    const ran = await run(stage, text, event, { issues });
    expect(ran.failed, logOf(ran)).toEqual([]);
    expect(actionsOf(ran).length).toBeGreaterThan(0);
    for (const { outputs, annotations } of actionsOf(ran)) {
      expect(outputs).toMatchObject({ status: 'ok', registered: 'true', authenticated: 'true' });
      // A second use in a job says what it changes for later steps.
      const isSecond = path.dirname(outputs['config-path'] ?? '').endsWith('audit');
      expect(annotations.map(({ level }) => level)).toEqual(isSecond ? ['notice'] : []);
    }
    const wanted = (text.match(/cnspec scan |mondoohq\/actions\//g) ?? []).length;
    expect(scansOf(ran).length, logOf(ran)).toBe(text.includes('matrix:') ? 3 : wanted);
    for (const { step } of scansOf(ran)) if (step) expect(step.log).toContain(' --risk-threshold 70');
  });

  test.for(drawn(forPullRequests, SOME))(
    'passes on a fork, and scans nothing: $source',
    async ({ text }, { stage }) => {
      const ran = await run(stage, text, FORK_PULL_REQUEST, { withSecrets: false });
      const [step] = actionsOf(ran);
      if (text.includes('on-missing-credentials: skip')) {
        expect(ran.failed, logOf(ran)).toEqual([]);
        expect(step?.outputs).toMatchObject({
          status: 'skipped',
          registered: 'false',
          authenticated: 'false',
        });
      } else {
        expect(step?.outputs.status).toBe('missing-credentials');
      }
      expect([...scansOf(ran), ...installsOf(ran)]).toEqual([]);
      expect(stage.platform.requests).toEqual([]);
    },
  );

  test.for(drawn(thatScan, SOME))(
    'scans nothing if the account was revoked: $source',
    async ({ text }, { stage }) => {
      const ran = await run(stage, text, PUSH, { isRevoked: true });
      expect(ran.failed.length, logOf(ran)).toBeGreaterThan(0);
      expect(scansOf(ran)).toEqual([]);
    },
  );
});

describe.skipIf(process.platform === 'win32').concurrent('docs/recipes.md', () => {
  const recipe = (anchor: string) =>
    workflows.find(({ source }) => source === `docs/recipes.md#${anchor}`)!.text;

  test('names a client for each leg of the matrix', async ({ stage }) => {
    await run(stage, recipe('matrix'), PUSH);
    expect(stage.platform.clients.map(({ name }) => name)).toEqual([
      'lunalectric/website/scan/network',
      'lunalectric/website/scan/database',
      'lunalectric/website/scan/website',
    ]);
  });

  test('scans for each of two spaces with its own account, and leaves neither file', async ({ stage }) => {
    const files: string[] = [];
    const ran = await run(stage, recipe('two-spaces'), PUSH, {
      afterStep: ({ step }) => {
        if (step?.outputs['config-path']) files.push(step.outputs['config-path']);
        for (const file of files) expect(existsSync(file)).toBe(true);
      },
    });
    const [team, audit] = actionsOf(ran).map(({ outputs }) => outputs['space-id']);
    expect([team, audit]).toEqual(['lunalectric-website', 'lunalectric-audit']);
    expect(scansOf(ran)).toHaveLength(2);
    expect(files).toHaveLength(2);
    for (const file of files) expect(existsSync(file)).toBe(false);
  });

  test('checks the credentials without creating a client', async ({ stage }) => {
    await run(stage, recipe('gate-pull-requests'), PULL_REQUEST);
    expect(stage.platform.clients).toEqual([]);
  });

  test('passes during an outage, scans nothing, and says so in the summary', async ({ stage }) => {
    stage.platform.clock.offsetMs = 72 * 3_600_000;
    const ran = await run(stage, recipe('soft-gate'), PULL_REQUEST);
    expect(ran.failed, logOf(ran)).toEqual([]);
    expect(scansOf(ran)).toEqual([]);
    const summary = summaryOf(ran);
    expect(summary).toContain('### This change was not scanned\n');
    // The stand-in doesn't query the platform, so its status differs.
    expect(summary).toContain('(clock-skew,cnspec-failed)');
  });

  test('reports for a fork that nothing was scanned, and passes', async ({ stage }) => {
    const ran = await run(stage, recipe('soft-gate'), FORK_PULL_REQUEST, { withSecrets: false });
    expect(summaryOf(ran)).toContain('(skipped)');
  });

  test("scans Dependabot's changes without a key, because Dependabot gets ID tokens", async ({ stage }) => {
    const ran = await run(stage, recipe('keyless'), DEPENDABOT_PULL_REQUEST);
    expect(ran.failed, logOf(ran)).toEqual([]);
    expect(scansOf(ran)).toHaveLength(1);
  });

  const page = readPages().find(({ path }) => path === 'docs/recipes.md')!;
  const recipes = sectionsOf(page).filter(({ blocks }) => blocks.length > 0);

  it.each(recipes)('describes the result on a fork: $heading', ({ heading }) => {
    const section = page.text.split(/^## /m).find((text) => text.startsWith(`${heading}\n`));
    const runsThere = eventsOf(readWorkflow(recipe(recipes.find((one) => one.heading === heading)!.anchor)));
    const says = /^\*\*Pull requests from forks:\*\* (.*)$/m.exec(section ?? '')?.[1];
    expect(says).toMatch(
      runsThere.includes('pull_request')
        ? /^the (job|check|job `gate`) is green/
        : /^the workflow doesn't run/,
    );
  });
});
