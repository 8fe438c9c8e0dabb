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
  author: string;
  branding: { icon: string; color: string };
  inputs: Record<string, { description: string; required?: boolean; default?: string }>;
  outputs: Record<string, { description: string }>;
  runs: { using: string; main: string; post: string };
}

/**
 * Some of the icons that GitHub accepts: https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#brandingicon
 */
const ICONS = ['check', 'check-circle', 'check-square', 'key', 'lock', 'log-in', 'shield', 'user-check'];
/** All colors that GitHub accepts. */
const COLORS = ['white', 'black', 'yellow', 'blue', 'green', 'orange', 'red', 'purple', 'gray-dark'];

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const action: ActionDefinition = parse(read('action.yml'));

/** Every output that the step can set, after a success or a failure. */
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
    expect(action.name).not.toBe('');
    expect(action.description).not.toBe('');
    // The Marketplace rejects descriptions of 125 characters or more.
    expect(action.description.length).toBeLessThan(125);
  });

  it("has a Marketplace branding that differs from Mondoo's: a purple shield", () => {
    expect(action.branding).toEqual({ icon: expect.any(String), color: expect.any(String) });
    expect(ICONS).toContain(action.branding.icon);
    expect(COLORS).toContain(action.branding.color);
    expect(action.branding.icon).not.toMatch(/shield/);
    expect(action.branding.color).not.toBe('purple');
  });

  it('names no person as the author', () => {
    expect(action.author).toBe('register-cnspec contributors');
  });

  it('declares exactly the inputs that the action reads', () => {
    const names = new Set<string>();
    const get = (name: string) => {
      names.add(name);
      return '';
    };
    readInputs(get, { env: {}, workspace: '/', defaultName: 'x', mask: () => {} });
    expect([...names].sort()).toEqual(Object.keys(action.inputs).sort());
  });

  it('declares the defaults that the action uses for empty inputs', () => {
    const declared = Object.entries(action.inputs).filter(([, { default: value }]) => value !== undefined);
    expect(Object.fromEntries(declared.map(([name, { default: value }]) => [name, value]))).toEqual(DEFAULTS);
  });

  it('requires no input, because the runner does not enforce it', () => {
    expect(Object.entries(action.inputs).filter(([, { required }]) => required !== false)).toEqual([]);
  });

  it('declares exactly the outputs that the action sets', () => {
    expect(settable()).toEqual(Object.keys(action.outputs).sort());
  });

  it.each([...Object.entries(action.inputs), ...Object.entries(action.outputs)])(
    'describes %s in one short sentence',
    (_, { description }) => {
      // A period within code or a number doesn't end a sentence.
      const text = description.trim().replaceAll(/`[^`]*`/g, 'CODE');
      expect(text).toMatch(/^[^.!?:;]{10,}(?:: [^.!?:;]+)?(?:\(default: [^.!?:;]+\))?\.$/);
      expect(text.length).toBeLessThanOrEqual(160);
    },
  );

  it('runs main and post on Node 24 from files that exist', () => {
    expect(action.runs.using).toBe('node24');
    expect(Object.keys(action.runs).sort()).toEqual(['main', 'post', 'using']);
    for (const entry of [action.runs.main, action.runs.post]) {
      expect(existsSync(new URL(`../${entry}`, import.meta.url))).toBe(true);
    }
  });
});
