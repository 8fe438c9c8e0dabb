import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Conduct, recordedCalls, writeCnspec } from '../simulator/cnspec-program.ts';
import { type ReleasesHost, type ReleasesOptions, startReleases } from '../simulator/releases.ts';
import { type Inputs, readInputs, readSecrets } from '../src/inputs.ts';
import { Deadline } from '../src/platform/deadline.ts';
import { RpcCode } from '../src/platform/rpc-status.ts';
import type { Facts } from '../src/status/facts.ts';
import { verify } from '../src/verification.ts';
import { account, facts, health, OWNER_MRN, rpcError, SERVICE_ACCOUNT_MRN } from './fixtures.ts';

const ENDPOINT = 'https://us.api.mondoo.com';
const PATH = process.env.PATH ?? '';

let root: string;
let host: ReleasesHost;
let told: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'verification-')));
  for (const name of Object.keys(process.env)) if (name.startsWith('INPUT_')) vi.stubEnv(name, undefined);
  for (const name of ['HTTPS_PROXY', 'https_proxy']) vi.stubEnv(name, undefined);
  vi.stubEnv('GITHUB_WORKSPACE', path.join(root, 'workspace'));
  vi.stubEnv('RUNNER_TEMP', path.join(root, 'temp'));
  vi.stubEnv('RUNNER_TOOL_CACHE', path.join(root, 'tools'));
  for (const name of ['GITHUB_ENV', 'GITHUB_PATH']) {
    vi.stubEnv(name, path.join(root, name));
    await writeFile(path.join(root, name), '');
  }
  for (const folder of ['workspace', 'temp']) await mkdir(path.join(root, folder));
  const config = `mrn: ${SERVICE_ACCOUNT_MRN}\nspace_mrn: ${OWNER_MRN}\napi_endpoint: ${ENDPOINT}\n`;
  await writeFile(path.join(root, 'mondoo.yml'), config);
  told = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    told += text;
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(root, { recursive: true, maxRetries: 5 });
});

interface Situation {
  inputs?: Record<string, string>;
  releases?: ReleasesOptions;
  /** What the step itself found. */
  found?: Partial<Facts>;
  /** What PATH is; what the test has made of it when it is left out. */
  path?: string;
}

async function verified({
  inputs = {},
  releases,
  found,
  path: searched,
}: Situation): Promise<{ passed: boolean; given: Facts }> {
  host = await startReleases(releases);
  onTestFinished(() => host.close());
  // The host has packed its archives by now, with a program that is on PATH.
  if (searched !== undefined) vi.stubEnv('PATH', searched);
  for (const [name, value] of Object.entries({ 'updates-url': host.url, ...inputs })) {
    vi.stubEnv(`INPUT_${name.toUpperCase()}`, value);
  }
  const read: Inputs = readInputs(readSecrets());
  const given = facts({
    registration: { wanted: false, name: 'x' },
    observation: { health: health(), skew: 0, ping: 'accepted' },
    ...found,
  });
  const identity = { kind: 'service account' as const, document: {}, account: account() };
  const deadline = new Deadline(20_000);
  const passed = await verify(path.join(root, 'mondoo.yml'), {
    inputs: read,
    identity,
    facts: given,
    deadline,
  });
  return { passed, given };
}

/** Puts a stand-in for cnspec into a folder, and that in front of PATH. */
async function onPath(
  folder: string,
  conduct: Partial<Conduct> = {},
): Promise<{ program: string; record: string }> {
  const record = path.join(root, 'calls');
  const program = await writeCnspec(path.join(root, folder), {
    version: '13.0.0',
    kind: 'agreeing',
    record,
    ...conduct,
  });
  vi.stubEnv('PATH', [path.dirname(program), PATH].join(path.delimiter));
  return { program, record };
}

describe('a cnspec on PATH', () => {
  it('is asked, and agrees', async () => {
    const { program } = await onPath('bin');
    const { passed, given } = await verified({});
    expect(passed).toBe(true);
    expect(given.cnspec).toMatchObject({
      version: '13.0.0',
      latestVersion: '13.0.0',
      providers: ['core', 'mock', 'recording', 'sbom'],
    });
    expect(given.cnspec).not.toHaveProperty('failure');
    expect(told).toContain(`→ asking cnspec at ${program} for its status`);
  });

  it('does not agree, and the gate fails', async () => {
    await onPath('bin', { kind: 'unauthenticated' });
    const { passed, given } = await verified({});
    expect(passed).toBe(false);
    expect(given.cnspec?.failure).toMatchObject({ code: 'cnspec-failed' });
    expect(given.cnspec?.latestVersion).toBe('13.0.0');
  });

  it.each([
    ['refuses', rpcError(RpcCode.Unauthenticated)],
    ['knows, but not as an agent,', rpcError(RpcCode.PermissionDenied)],
  ])('agrees that the platform %s the account, where the workflow lets that pass', async (_, ping) => {
    await onPath('bin', { kind: 'unauthenticated' });
    const { passed, given } = await verified({
      inputs: { 'fail-on': 'cnspec-failed' },
      found: { observation: { health: health(), skew: 0, ping } },
    });
    expect(passed).toBe(true);
    expect(given.cnspec).not.toHaveProperty('failure');
  });

  it('may say what it likes where the platform gave this step no answer', async () => {
    await onPath('bin');
    const ping = rpcError(RpcCode.Unavailable);
    const { given } = await verified({
      inputs: { 'fail-on': 'cnspec-failed' },
      found: { observation: { health: health(), skew: 0, ping } },
    });
    expect(given.cnspec).not.toHaveProperty('failure');
  });

  it('is not asked where the workflow does not want it', async () => {
    const { record } = await onPath('bin');
    const { passed, given } = await verified({ inputs: { 'verify-with-cnspec': 'false' } });
    expect(passed).toBe(true);
    expect(given).not.toHaveProperty('cnspec');
    expect(await recordedCalls(record)).toEqual([]);
    expect(host.requests).toEqual([]);
  });
});

describe('a cnspec in the workspace', () => {
  it.each([
    ['auto', 0],
    ['true', 2],
  ])('%s: is asked %d times', async (verify, times) => {
    const { record } = await onPath('workspace/bin');
    expect(await verified({ inputs: { 'verify-with-cnspec': verify } })).toMatchObject({ passed: true });
    expect(await recordedCalls(record)).toHaveLength(times);
    expect(told.includes('lies inside the workspace, so it is not asked')).toBe(times === 0);
  });

  it.skipIf(process.platform === 'win32')('is found out when only a link leads there', async () => {
    const { program, record } = await onPath('workspace/bin');
    await mkdir(path.join(root, 'usr'));
    await symlink(program, path.join(root, 'usr', 'cnspec'));
    vi.stubEnv('PATH', [path.join(root, 'usr'), PATH].join(path.delimiter));
    await verified({});
    expect(await recordedCalls(record)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')(
    'is found out when the workspace goes by another name',
    async () => {
      const { record } = await onPath('workspace/bin');
      await symlink(path.join(root, 'workspace'), path.join(root, 'other-name'));
      vi.stubEnv('GITHUB_WORKSPACE', path.join(root, 'other-name'));
      await verified({});
      expect(await recordedCalls(record)).toEqual([]);
    },
  );

  it('is not one that only looks like it', async () => {
    const { record } = await onPath('workspace-elsewhere/bin');
    await verified({});
    expect(await recordedCalls(record)).toHaveLength(2);
  });
});

describe('without a cnspec on PATH', () => {
  it('nothing is asked, and nothing has to be', async () => {
    const { passed, given } = await verified({ path: root });
    expect(passed).toBe(true);
    expect(given).not.toHaveProperty('cnspec');
    expect(host.requests).toEqual([]);
  });

  it('the gate fails where it has to be there', async () => {
    const { passed, given } = await verified({ path: root, inputs: { 'verify-with-cnspec': 'true' } });
    expect(passed).toBe(false);
    expect(given.cnspec?.failure?.message).toContain('There is no cnspec on PATH');
  });
});

describe('a cnspec that is installed', () => {
  it('is asked', async () => {
    const { passed, given } = await verified({ inputs: { 'cnspec-version': '13.0.0' } });
    expect(passed, given.cnspec?.failure?.message).toBe(true);
    expect(given.cnspec?.answer).toMatchObject({ version: '13.0.0', authenticated: true });
  });

  it('has to be the version that it is packed as', async () => {
    const { passed, given } = await verified({
      inputs: { 'cnspec-version': '13.0.0' },
      releases: { conduct: { version: '12.0.0' } },
    });
    expect(passed).toBe(false);
    expect(given.cnspec?.failure?.message).toContain('says that it is 12.0.0');
  });

  it('has to come to be', async () => {
    const { passed, given } = await verified({ inputs: { 'cnspec-version': '12' } });
    expect(passed).toBe(false);
    expect(given.cnspec?.failure?.message).toContain('asks for version 12');
    expect(given.cnspec?.latestVersion).toBe('13.0.0');
  });

  it.skipIf(process.platform === 'win32')('is fetched again where it cannot be executed', async () => {
    const first = await verified({ inputs: { 'cnspec-version': '13.0.0' } });
    expect(first.passed).toBe(true);
    await chmod(path.join(root, 'tools', 'cnspec', '13.0.0', process.arch, 'cnspec'), 0o644);
    const { passed } = await verified({ inputs: { 'cnspec-version': '13.0.0' } });
    expect(passed).toBe(true);
  });
});
