import { describe, expect, it } from 'vitest';
import { documentedWorkflows } from '../../scripts/documented-workflows.ts';
import { readPages, sectionsOf } from '../../scripts/markdown.ts';
import {
  DEPENDABOT_PULL_REQUEST,
  type Event,
  FORK_PULL_REQUEST,
  PULL_REQUEST,
  PUSH,
} from '../../simulator/events.ts';
import { startIdTokenService } from '../../simulator/id-token-service.ts';
import { startProxy } from '../../simulator/proxy.ts';
import { startReleases } from '../../simulator/releases.ts';
import { SPACE } from '../../simulator/scenarios.ts';
import { DRAWN, drawn } from '../scenarios/drawn.ts';
import { type Stage, test } from '../scenarios/stage.ts';
import { ACTION, eventsOf, readWorkflow } from './workflow.ts';
import { type RanWorkflow, runWorkflow } from './workflow-runner.ts';

/** How many workflows `npm test` draws where all are alike. */
const SOME = 4;

const workflows = documentedWorkflows().filter(({ text }) => text.includes(ACTION));
const forPullRequests = workflows.filter(({ text }) => eventsOf(readWorkflow(text)).includes('pull_request'));
const thatScan = workflows.filter(({ text }) => /cnspec scan|mondoohq\//.test(text));

/** Runs a workflow against the stage's platform, which takes the place of Mondoo's and of the company's proxy. */
async function run(
  stage: Stage,
  text: string,
  event: Event,
  { withSecrets = true }: { withSecrets?: boolean } = {},
): Promise<RanWorkflow> {
  const { platform, credentials } = stage;
  const proxy = text.includes(PROXY) ? stage.until(await startProxy({ to: platform.endpoint })) : undefined;
  const workflow = readWorkflow(
    text
      .replaceAll(/https:\/\/(us|eu)\.api\.mondoo\.com/g, platform.endpoint)
      .replaceAll('//captain.api.mondoo.app/spaces/<id>', SPACE)
      .replaceAll(PROXY, proxy?.url ?? PROXY),
  );
  const json = JSON.stringify(credentials, null, 2);
  const secrets: Record<string, string> = withSecrets
    ? {
        MONDOO_CREDENTIALS: json,
        MONDOO_SERVICE_ACCOUNT: Buffer.from(json).toString('base64'),
        MONDOO_REGISTRATION_TOKEN: await platform.issueRegistrationToken(),
      }
    : {};
  const vouchedFor = withSecrets && workflow.permissions['id-token'] === 'write';
  const releases = stage.until(await startReleases());
  const ran = await runWorkflow(stage, workflow, {
    event,
    secrets,
    updatesUrl: releases.url,
    env: vouchedFor ? await vouchFor(stage) : {},
  });
  if (proxy) expect(proxy.requests.length).toBeGreaterThan(0);
  return ran;
}

const PROXY = 'http://proxy.example.com:3128';

/** Lets the platform trust ID tokens, and gives a job what it gets them by. */
async function vouchFor(stage: Stage): Promise<Record<string, string>> {
  const idTokens = stage.until(await startIdTokenService());
  stage.platform.trust({ issuer: idTokens.issuer, publicKey: idTokens.publicKey, audience: SPACE });
  return idTokens.env;
}

const actionsOf = ({ steps }: RanWorkflow) =>
  steps.filter(({ step }) => step?.outputs.status !== undefined).map(({ step }) => step!);
const scansOf = ({ steps }: RanWorkflow) =>
  steps.filter(({ what, step }) => what.startsWith('mondoohq/') || step?.log.startsWith('cnspec scan '));
const installsOf = ({ steps }: RanWorkflow) => steps.filter(({ step }) => step?.path.length);
const logOf = ({ steps }: RanWorkflow) =>
  steps.map(({ what, step }) => `▼ ${what}\n${step?.log ?? ''}`).join('');

// Bash is what the runners have there, too, but not always what PATH finds first.
describe.skipIf(process.platform === 'win32').concurrent(`a workflow of the documentation (${DRAWN})`, () => {
  test.for(workflows)('passes, and scans with the file: $source', async ({ text }, { stage }) => {
    const event = eventsOf(readWorkflow(text)).includes('pull_request') ? PULL_REQUEST : PUSH;
    const ran = await run(stage, text, event);
    expect(ran.failed, logOf(ran)).toEqual([]);
    expect(actionsOf(ran).length).toBeGreaterThan(0);
    for (const { outputs, annotations } of actionsOf(ran)) {
      expect(outputs).toMatchObject({ status: 'ok', registered: 'true', authenticated: 'true' });
      expect(annotations).toEqual([]);
    }
    const wanted = (text.match(/cnspec scan |mondoohq\/actions\//g) ?? []).length;
    expect(scansOf(ran).length, logOf(ran)).toBe(text.includes('matrix:') ? 3 : wanted);
    for (const { step } of scansOf(ran)) if (step) expect(step.log).toContain(' --risk-threshold 70');
  });

  test.for(drawn(forPullRequests, SOME))(
    'is green on a fork, and scans nothing: $source',
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
    'scans nothing where the account was revoked: $source',
    async ({ text }, { stage }) => {
      stage.platform.revoke(stage.credentials.mrn);
      stage.platform.fault('AgentManager/PingPong', {
        kind: 'error',
        code: 16,
        message: 'request permission unauthenticated',
      });
      const ran = await run(stage, text, PUSH);
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

  test('gates without leaving a client behind', async ({ stage }) => {
    await run(stage, recipe('gate-pull-requests'), PULL_REQUEST);
    expect(stage.platform.clients).toEqual([]);
  });

  test('lets an outage pass softly, scans nothing, and says so in the summary', async ({ stage }) => {
    stage.platform.clock.offsetMs = 72 * 3_600_000;
    const ran = await run(stage, recipe('soft-gate'), PULL_REQUEST);
    expect(ran.failed, logOf(ran)).toEqual([]);
    expect(scansOf(ran)).toEqual([]);
    const summary = ran.steps.map(({ step }) => step?.summary ?? '').join('');
    expect(summary).toContain('### This change was not scanned\n');
    // The stand-in for cnspec does not ask the platform, and so does not agree.
    expect(summary).toContain('(clock-skew,cnspec-failed)');
  });

  test('says softly of a fork that nothing was scanned', async ({ stage }) => {
    const ran = await run(stage, recipe('soft-gate'), FORK_PULL_REQUEST, { withSecrets: false });
    expect(ran.steps.map(({ step }) => step?.summary ?? '').join('')).toContain('(skipped)');
  });

  test('scans what Dependabot brings without a key, as Dependabot gets ID tokens', async ({ stage }) => {
    const ran = await run(stage, recipe('keyless'), DEPENDABOT_PULL_REQUEST);
    expect(ran.failed, logOf(ran)).toEqual([]);
    expect(scansOf(ran)).toHaveLength(1);
  });

  const page = readPages().find(({ path }) => path === 'docs/recipes.md')!;
  const recipes = sectionsOf(page).filter(({ blocks }) => blocks.length > 0);

  it.each(recipes)('says what to expect on a fork: $heading', ({ heading }) => {
    const section = page.text.split(/^## /m).find((text) => text.startsWith(`${heading}\n`));
    const runsThere = eventsOf(readWorkflow(recipe(recipes.find((one) => one.heading === heading)!.anchor)));
    const says = /^\*\*On a fork:\*\* (.*)$/m.exec(section ?? '')?.[1];
    expect(says).toMatch(
      runsThere.includes('pull_request') ? /^the (job|check|gate) is green/ : /^it does not run/,
    );
  });
});
