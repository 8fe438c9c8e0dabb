import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { documentedWorkflows } from '../../scripts/documented-workflows.ts';
import { readPages } from '../../scripts/markdown.ts';
import { ownerIn } from '../../scripts/release/pins.ts';
import type { Definition } from '../../scripts/tables.ts';
import { FINDINGS } from '../../src/util/errors.ts';
import { ACTION, GATE, readWorkflow, type WorkflowStep } from './workflow.ts';

const action: Definition = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8'));
const workflows = documentedWorkflows().map(({ source, text }) => ({
  source,
  text,
  workflow: readWorkflow(text),
  jobs: Object.values(readWorkflow(text).jobs),
}));
const scans = ({ run = '', uses = '' }: WorkflowStep) =>
  run.includes('cnspec scan') || uses.startsWith('mondoohq/');

describe('the name of this action', () => {
  it('matches package.json: package name, owner and major version', () => {
    const [name, ref] = ACTION.split('@');
    expect(name).toBe(`${ownerIn(manifest)}/${manifest.name}`);
    expect([`v${manifest.version.split('.')[0]}`, expect.stringMatching(/^[0-9a-f]{40}$/)]).toContainEqual(
      ref,
    );
  });

  it('is the same on every page', () => {
    const uses = readPages().flatMap(({ text }) => [...text.matchAll(/uses: (\S*register-cnspec\S*)/g)]);
    expect(uses.length).toBeGreaterThan(15);
    expect([...new Set(uses.map(([, name]) => name))].sort()).toEqual([GATE, ACTION].sort());
  });
});

describe.each(workflows)('the workflow in $source', ({ text, workflow, jobs }) => {
  it('requests only the permissions that it needs', () => {
    const vouchedFor = /external_account|workload-identity:/.test(text);
    expect(workflow.permissions).toEqual({
      contents: 'read',
      ...(vouchedFor && { 'id-token': 'write' }),
    });
  });

  it('passes no secret to a job that may write issues', () => {
    for (const job of jobs.filter(({ permissions }) => permissions !== undefined)) {
      expect(job.permissions).toEqual({ issues: 'write' });
      expect(JSON.stringify(job)).not.toContain('secrets.');
    }
  });

  it('passes outputs and secrets to scripts as environment variables, not as part of the script', () => {
    for (const { run } of jobs.flatMap(({ steps }) => steps)) expect(run ?? '').not.toContain('${{');
  });

  it('names inputs, findings and outputs that exist', () => {
    for (const { uses, with: inputs = {} } of jobs.flatMap(({ steps }) => steps)) {
      if (uses !== ACTION) continue;
      expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(inputs)));
      const findings = inputs['fail-on']?.split(', ') ?? [];
      expect(FINDINGS).toEqual(expect.arrayContaining(findings));
    }
    const outputs = [...text.matchAll(/steps\.mondoo\.outputs\.([\w-]+)/g)].map(([, name]) => name);
    expect(Object.keys(action.outputs)).toEqual(expect.arrayContaining(outputs));
  });

  it('scans the change, can fail, and scans only if the status is ok', () => {
    for (const { steps } of jobs) {
      const gates = steps.filter(({ uses }) => uses === ACTION);
      const conditions = gates.map(({ id }) => `steps.${id}.outputs.status == 'ok'`);
      for (const step of steps.filter(scans)) {
        const before = steps.slice(0, steps.indexOf(step));
        expect(before.some(({ uses }) => uses?.startsWith('actions/checkout@'))).toBe(true);
        expect(step.run ?? 'cnspec scan terraform').toMatch(/cnspec scan (terraform|k8s)/);
        expect(step.with?.['risk-threshold'] ?? step.run).toMatch(/^70$|--risk-threshold 70$/);
        if (gates.length > 0) expect(conditions).toContain(step.if);
      }
    }
  });

  it('is not triggered by pull_request_target', () => {
    expect(JSON.stringify(workflow.on)).not.toContain('pull_request_target');
  });
});
