import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Definition } from '../../scripts/tables.ts';
import { MERGE_GROUP, PULL_REQUEST, PUSH, SCHEDULE } from '../../simulator/events.ts';
import { SPACE } from '../../simulator/scenarios.ts';
import { test } from '../scenarios/stage.ts';
import { actionsOf, documented, logOf, runDocumented as run } from './documented-run.ts';
import { ACTION, eventsOf, GATE, interfaceOf, readWorkflow } from './workflow.ts';
import { readReusable } from './workflow-runner.ts';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const action: Definition = parse(read('action.yml'));
const gate = await readReusable(GATE);
const { inputs, outputs, secrets } = interfaceOf(gate);
const [step, ...others] = gate.jobs.gate!.steps;

/** Inputs that make no sense for a separate check job, or that come from a secret. */
const NOT_PASSED = ['annotations', 'config-path', 'name', 'register', 'registration-token', 'credentials'];

describe('the reusable workflow', () => {
  it('has one step with this action, which registers nothing, in a job with a timeout', () => {
    expect(others).toEqual([]);
    expect(step).toMatchObject({ uses: ACTION, with: { register: false } });
    expect(Object.keys(gate.jobs)).toEqual(['gate']);
    expect(gate.jobs.gate).toHaveProperty('timeout-minutes');
  });

  it('declares no permissions, because the caller declares them', () => {
    expect(gate.permissions).toBeUndefined();
    expect(gate.jobs.gate?.permissions).toBeUndefined();
  });

  it('passes on every input that makes sense for a check, without its own default', () => {
    const passed = Object.keys(action.inputs).filter((name) => !NOT_PASSED.includes(name));
    expect(Object.keys(inputs).sort()).toEqual(
      [...passed, 'workload-identity', 'runs-on', 'timeout-minutes'].sort(),
    );
    for (const name of passed) {
      expect(step?.with?.[name]).toContain(`inputs.${name} }}`);
      expect(inputs[name]).toMatchObject({ type: 'string' });
      expect(inputs[name]).not.toHaveProperty('default');
    }
  });

  it('has only outputs of the action', () => {
    for (const [name, { value }] of Object.entries(outputs)) {
      expect(action.outputs).toHaveProperty(name);
      expect(value).toBe(`\${{ jobs.gate.outputs.${name} }}`);
      expect(gate.jobs.gate?.outputs?.[name]).toBe(`\${{ steps.mondoo.outputs.${name} }}`);
    }
    expect(
      read('docs/rollout.md')
        .match(/Its outputs are (.*)\./)?.[1]
        ?.match(/[\w-]+(?=`)/g),
    ).toEqual(Object.keys(outputs));
  });

  it('requires no secret, because some runs have none', () => {
    for (const { required } of Object.values(secrets)) expect(required).toBe(false);
  });
});

const CALLER = documented('docs/rollout.md#one-workflow-for-all-repositories');
const KEYLESS = documented('docs/rollout.md#one-workflow-for-all-repositories', 1);

describe.skipIf(process.platform === 'win32').concurrent('docs/rollout.md', () => {
  test('returns the error in the outputs of a failed job', async ({ stage }) => {
    stage.platform.revoke(stage.credentials.mrn);
    const caller = `${CALLER}
  after:
    needs: gate
    if: always()
    runs-on: ubuntu-latest
    steps:
      - env:
          SAID: \${{ needs.gate.result }} \${{ needs.gate.outputs.status }} \${{ needs.gate.outputs.space-id }}
        run: echo "$SAID"`;
    const ran = await run(stage, caller, SCHEDULE);
    expect(ran.failed).toEqual(['gate / gate']);
    expect(ran.steps.at(-1)?.step?.log, logOf(ran)).toBe('failure unauthenticated lunalectric-website\n');
    expect(stage.platform.clients).toEqual([]);
  });

  test.for(
    [PUSH, PULL_REQUEST, MERGE_GROUP, SCHEDULE].flatMap((event) => [
      { eventName: event.eventName, form: 'with a secret', caller: CALLER, event },
      { eventName: event.eventName, form: 'keyless', caller: KEYLESS, event },
    ]),
  )('checks the credentials on $eventName, $form', async ({ caller, event }, { stage }) => {
    expect(eventsOf(readWorkflow(caller))).toContain(event.eventName);
    const ran = await run(stage, caller, event);
    expect(ran.failed, logOf(ran)).toEqual([]);
    expect(actionsOf(ran)[0]?.outputs).toMatchObject({ status: 'ok', 'owner-mrn': SPACE });
    expect(stage.platform.clients).toEqual([]);
  });

  test('passes on expect-space', async ({ stage }) => {
    const caller = CALLER.replace('on-missing-credentials: skip', 'expect-space: lunalectric-shop');
    const ran = await run(stage, caller, PUSH);
    expect(actionsOf(ran)[0]?.outputs.status).toBe('invalid-credentials');
    expect(stage.platform.requests).toEqual([]);
  });

  const WORKFLOW = 'example/register-cnspec/.github/workflows/gate.yml@refs/tags/v1';
  const subject = `repository_owner_id:100000:job_workflow_ref:${WORKFLOW}`;

  test('one subject fits every repository that calls the gate', async ({ stage }) => {
    const ran = await run(stage, KEYLESS, PUSH, { subject, claims: { sub: subject } });
    expect(ran.failed, logOf(ran)).toEqual([]);
    expect(actionsOf(ran)[0]?.outputs).toMatchObject({ status: 'ok', 'owner-mrn': SPACE });
  });

  test('the owner in the subject keeps out others who call the same workflow', async ({ stage }) => {
    const sub = `repository_owner_id:200000:job_workflow_ref:${WORKFLOW}`;
    const ran = await run(stage, KEYLESS, PUSH, { subject, claims: { sub } });
    expect(ran.failed).toEqual(['gate / gate']);
    expect(actionsOf(ran)[0]?.outputs.status).toBe('unauthenticated');
    expect(actionsOf(ran)[0]?.outputs.error).toContain(sub);
  });

  test('without id-token: write in the caller, there is no ID token', async ({ stage }) => {
    const ran = await run(stage, KEYLESS.replace('  id-token: write\n', ''), PUSH);
    expect(actionsOf(ran)[0]?.outputs.status).toBe('invalid-input');
  });
});
