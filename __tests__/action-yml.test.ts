import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DEFAULTS, readInputs } from '../src/inputs.ts';
import { outputs } from '../src/report/outputs.ts';
import { verdictOn } from '../src/status/verdict.ts';
import { FINDINGS } from '../src/util/errors.ts';
import { account, CLIENT_MRN, health, result } from './fixtures.ts';

interface ActionDefinition {
  name: string;
  description: string;
  branding: { icon: string; color: string };
  inputs: Record<string, { description: string; required?: boolean; default?: string }>;
  outputs: Record<string, { description: string }>;
  runs: { using: string; main: string; post: string };
}

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const action: ActionDefinition = parse(read('action.yml'));

/** Every output that the step can set: all that is known after a success and after a failure. */
function settable(): string[] {
  const check = { health: health(), skew: 45_000, ping: 'accepted' as const };
  const cnspec = { version: '13.0.0', latestVersion: '13.0.0' };
  const certificate = { from: new Date(0), to: new Date(0) };
  const all = result({
    identity: { kind: 'service account', document: {}, account: account({ certificate }) },
    cnspec,
    check,
    registration: { wanted: true, name: 'x', clientMrn: CLIENT_MRN },
    configPath: '/mondoo.yml',
  });
  const names = [[], FINDINGS].flatMap((failOn) => {
    const verdict = verdictOn(all, { failOn: new Set(failOn), maxClockSkew: 30_000 });
    return Object.keys(outputs(all, verdict));
  });
  return [...new Set(names)].sort();
}

describe('action.yml', () => {
  it('has what the Marketplace shows', () => {
    expect(action).toMatchObject({ name: expect.any(String), description: expect.any(String) });
    expect(action.branding).toEqual({ icon: expect.any(String), color: expect.any(String) });
  });

  it('declares the inputs that are read, and no other', () => {
    const names = new Set<string>();
    const get = (name: string) => {
      names.add(name);
      return '';
    };
    readInputs(get, { env: {}, workspace: '/', defaultName: 'x', mask: () => {} });
    expect([...names].sort()).toEqual(Object.keys(action.inputs).sort());
  });

  it('declares the defaults that hold for an empty input', () => {
    const declared = Object.entries(action.inputs).filter(([, { default: value }]) => value !== undefined);
    expect(Object.fromEntries(declared.map(([name, { default: value }]) => [name, value]))).toEqual(DEFAULTS);
  });

  it('requires nothing: the runner does not enforce it', () => {
    expect(Object.entries(action.inputs).filter(([, { required }]) => required !== false)).toEqual([]);
  });

  it('declares the outputs that can be set, and no other', () => {
    expect(settable()).toEqual(Object.keys(action.outputs).sort());
  });

  it('describes every input and output', () => {
    for (const { description } of [...Object.values(action.inputs), ...Object.values(action.outputs)]) {
      expect(description).toMatch(/^[\s\S]{10,}\.\s*$/);
    }
  });

  it('runs on Node 24 from files that are there, main and post', () => {
    expect(action.runs.using).toBe('node24');
    expect(Object.keys(action.runs).sort()).toEqual(['main', 'post', 'using']);
    for (const entry of [action.runs.main, action.runs.post]) {
      expect(existsSync(new URL(`../${entry}`, import.meta.url))).toBe(true);
    }
  });
});
