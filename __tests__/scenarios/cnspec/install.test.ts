import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { findClosedPort } from '../../../simulator/closed-port.ts';
import { recordedCalls } from '../../../simulator/cnspec-program.ts';
import type { Fault } from '../../../simulator/faults.ts';
import { startProxy } from '../../../simulator/proxy.ts';
import { type ReleaseFile, type ReleasesOptions, THIS_BUILD } from '../../../simulator/releases.ts';
import { AUTHORITY_FILE, authority } from '../faults/authority-file.ts';
import { type Ran, type Stage, test } from '../stage.ts';
import { outside, releasesFor } from './on-path.ts';

const PROGRAM = process.platform === 'win32' ? 'cnspec.cmd' : 'cnspec';

/** Runs the built action with a releases host, from which it installs a version. */
async function installFrom(
  stage: Stage,
  version: string,
  { inputs = {}, ...options }: ReleasesOptions & { inputs?: Record<string, string> } = {},
) {
  const releases = await releasesFor(stage, options);
  const step = await stage.run({ 'cnspec-version': version, 'updates-url': releases.url, ...inputs });
  return { step, releases };
}

/** The folder of a version in a job's tool cache. */
function cachedFolder({ job }: Ran, version: string): string {
  return path.join(job.folders.toolCache, 'cnspec', version, process.arch);
}

/** Expects a failed gate, nothing unpacked, and no files of the step. */
async function messageOfFailed(step: Ran): Promise<string> {
  expect(step, step.log).toMatchObject({ exitCode: 1, outputs: { status: 'cnspec-failed' } });
  expect(step.annotations).toHaveLength(1);
  expect(step.path).toEqual([]);
  expect(step.env).toEqual({});
  expect(await readdir(step.job.folders.toolCache)).toEqual([]);
  const left = await readdir(step.job.folders.temp, { recursive: true });
  expect(left.filter((file) => /cnspec|mondoo/.test(file))).toEqual([]);
  return step.annotations[0]?.message ?? '';
}

describe.concurrent('an installed cnspec', () => {
  test('is the requested version, on PATH, and does not update itself', async ({ stage }) => {
    const { step, releases } = await installFrom(stage, '13.0.0', { versions: ['12.11.0', '13.0.0'] });
    expect(step, step.log).toMatchObject({
      exitCode: 0,
      outputs: { status: 'ok', 'cnspec-version': '13.0.0' },
    });
    const folder = cachedFolder(step, '13.0.0');
    expect(step.path).toEqual([folder]);
    expect(step.env.MONDOO_AUTO_UPDATE_ENGINE).toBe('false');
    expect(step.log).toMatch(/→ downloaded \d+\.\d KiB in \d/);
    expect(step.log).toContain(`→ cnspec 13.0.0 is installed: ${folder}\n`);
    expect(step.log).toContain(`→ running \`${path.join(folder, PROGRAM)} status\`\n`);
    expect(releases.requests.toSorted()).toEqual([
      `/cnspec/13.0.0/cnspec_13.0.0_${THIS_BUILD}.${process.platform === 'win32' ? 'zip' : 'tar.gz'}`,
      '/cnspec/13.0.0/cnspec_v13.0.0_SHA256SUMS',
      '/cnspec/latest.json',
    ]);
    // The stage searches the arguments of all started programs for secrets, including these.
    const restricted = process.platform === 'win32' ? ['/inheritance:r'] : [];
    expect(step.arguments).toEqual(expect.arrayContaining(['-x', 'status', '--config', ...restricted]));
    // The download isn't kept beside the cached version.
    expect((await readdir(step.job.folders.temp)).filter((file) => file.startsWith('cnspec'))).toEqual([]);

    const later = await step.job.runScript(`
      import { execSync } from 'node:child_process';
      console.log(execSync('cnspec version', { encoding: 'utf8' }), process.env.MONDOO_AUTO_UPDATE_ENGINE);`);
    expect(later.log).toMatch(/cnspec 13\.0\.0 .*\n false/);
  });

  test('comes from the tool cache without network if the version is exact', async ({ stage }) => {
    const releases = await releasesFor(stage);
    const inputs = {
      credentials: JSON.stringify(stage.credentials),
      'cnspec-version': '13.0.0',
      'updates-url': releases.url,
    };
    const job = await stage.job();
    expect((await job.runMain({ inputs })).outputs.status).toBe('ok');
    const nothing = `http://127.0.0.1:${await findClosedPort()}`;
    const again = await job.runMain({ inputs: { ...inputs, 'updates-url': nothing } });
    expect(again, again.log).toMatchObject({
      exitCode: 0,
      outputs: { status: 'ok', 'cnspec-version': '13.0.0' },
    });
    expect(again.log).toContain('→ cnspec 13.0.0 is in the tool cache already: ');
    expect(again.outputs['latest-version'], 'as cnspec itself says').toBe('13.0.0');
    expect(again.path).toHaveLength(1);
  });

  test.for(['latest', '13'])('is the newest one for %s, which may update itself', async (wish, { stage }) => {
    const { step } = await installFrom(stage, wish, { newest: '13.36.0' });
    expect(step.outputs, step.log).toMatchObject({
      status: 'ok',
      'cnspec-version': '13.36.0',
      'latest-version': '13.36.0',
    });
    expect(step.path).toEqual([cachedFolder(step, '13.36.0')]);
    expect(step.env).not.toHaveProperty('MONDOO_AUTO_UPDATE_ENGINE');
  });

  test('is not run if the workflow does not want it', async ({ stage }) => {
    const record = path.join(await outside(stage), 'calls');
    const { step } = await installFrom(stage, '13.0.0', {
      conduct: { kind: 'unauthenticated', record },
      inputs: { 'verify-with-cnspec': 'false' },
    });
    expect(step.outputs).toMatchObject({ status: 'ok', 'cnspec-version': '13.0.0' });
    expect(step.path).toHaveLength(1);
    // Its version is checked before anything is registered.
    expect((await recordedCalls(record)).map(({ args }) => args)).toEqual([['version']]);
  });

  test('must report the same status as the step', async ({ stage }) => {
    const { step } = await installFrom(stage, '13.0.0', { conduct: { kind: 'unauthenticated' } });
    expect(step).toMatchObject({ exitCode: 1, outputs: { status: 'cnspec-failed' } });
    expect(step.outputs.error).toContain('and the action disagree');
  });

  test.for(['auto', 'false'])(
    'is rejected if the program reports another version than its archive, with verify-with-cnspec: %s',
    async (verify, { stage }) => {
      const { step } = await installFrom(stage, '13.0.0', {
        conduct: { version: '12.11.0' },
        inputs: { 'verify-with-cnspec': verify },
      });
      expect(step).toMatchObject({ exitCode: 1, outputs: { status: 'cnspec-failed' } });
      expect(step.outputs.error).toMatch(
        /^cnspec failed or reported a different status\. cnspec 13\.0\.0 was installed, but `cnspec version` reports 12\.11\.0\. Fix: /,
      );
    },
  );

  test('is removed from the tool cache if it has another version', async ({ stage }) => {
    const wrong = await releasesFor(stage, { conduct: { version: '12.11.0' } });
    const right = await releasesFor(stage);
    const job = await stage.job();
    const inputs = { credentials: JSON.stringify(stage.credentials), 'cnspec-version': '13.0.0' };
    expect((await job.runMain({ inputs: { ...inputs, 'updates-url': wrong.url } })).exitCode).toBe(1);
    const again = await job.runMain({ inputs: { ...inputs, 'updates-url': right.url } });
    expect(again, again.log).toMatchObject({ exitCode: 0, outputs: { 'cnspec-version': '13.0.0' } });
  });

  test('is found in a list of versions that begins with a byte order mark', async ({ stage }) => {
    const releases = await releasesFor(stage);
    releases.fault('latest', { kind: 'response', status: 200, body: '\ufeff{"version":"13.0.0"}' });
    const step = await stage.run({ 'cnspec-version': 'latest', 'updates-url': releases.url });
    expect(step.outputs, step.log).toMatchObject({ status: 'ok', 'latest-version': '13.0.0' });
  });

  test('may take long on a slow connection', async ({ stage }) => {
    const releases = await releasesFor(stage);
    releases.fault('archive', { kind: 'drip', ms: 5 });
    const step = await stage.run({ 'cnspec-version': '13.0.0', 'updates-url': releases.url });
    expect(step.outputs, step.log).toMatchObject({ status: 'ok', 'cnspec-version': '13.0.0' });
  });

  test('comes from a mirror in the input, through a proxy', async ({ stage }) => {
    const tls = await authority.issue({ hosts: ['mirror.example.org'] });
    const releases = await releasesFor(stage, { tls });
    const proxy = stage.until(await startProxy({ to: releases.url }));
    const updatesUrl = 'https://mirror.example.org';
    const step = await stage.run(
      { 'cnspec-version': 'latest', 'updates-url': updatesUrl },
      { env: { HTTPS_PROXY: proxy.url, NO_PROXY: '127.0.0.1', NODE_EXTRA_CA_CERTS: AUTHORITY_FILE } },
    );
    expect(step.outputs, step.log).toMatchObject({ status: 'ok', 'cnspec-version': '13.0.0' });
    expect(proxy.requests.map(({ target }) => target)).toContain('mirror.example.org:443');
    expect(releases.requests).toHaveLength(3);
    expect(await readFile(step.outputs['config-path'] ?? '', 'utf8')).toContain(
      `updates_url: ${updatesUrl}\n`,
    );
  });
});

describe.concurrent('a cnspec that cannot be installed', () => {
  test('because of its checksum: both are reported, and nothing is unpacked', async ({ stage }) => {
    const releases = await releasesFor(stage);
    releases.fault('archive', { kind: 'response', status: 200, body: 'something else' });
    const step = await stage.run({ 'cnspec-version': '13.0.0', 'updates-url': releases.url });
    const message = await messageOfFailed(step);
    expect(message).toMatch(
      /The SHA-256 of \S+ isn't the one that SHA256SUMS lists\. Nothing was unpacked\..*Evidence: The SHA-256 is [\da-f]{64}, SHA256SUMS lists [\da-f]{64}$/s,
    );
  });

  test('because the version does not exist', async ({ stage }) => {
    const { step, releases } = await installFrom(stage, '13.99.0');
    expect(await messageOfFailed(step)).toContain(`${releases.url} has no cnspec 13.99.0 (HTTP status 404`);
    expect(step.outputs['latest-version']).toBe('13.0.0');
  });

  test('because the major version is not the newest one', async ({ stage }) => {
    const { step } = await installFrom(stage, '12', { versions: ['12.11.0', '13.0.0'] });
    const message = await messageOfFailed(step);
    expect(message).toContain('`cnspec-version` is `12`, but the newest release is 13.0.0');
    expect(message).toContain('Set `cnspec-version` to an exact version such as `12.1.0`');
  });

  test('because there is no build for the runner', async ({ stage }) => {
    const { step } = await installFrom(stage, '13.0.0', { builds: ['plan9_mips'] });
    expect(await messageOfFailed(step)).toMatch(
      /has no build of cnspec 13\.0\.0 for this runner, cnspec_13\.0\.0_\w+\.(?:tar\.gz|zip)\..*Evidence: SHA256SUMS lists cnspec_13\.0\.0_plan9_mips\.tar\.gz/s,
    );
  });

  test.for<[string, ReleaseFile, Fault, RegExp]>([
    [
      'a redirect',
      'archive',
      { kind: 'response', status: 302, headers: { location: '/x' } },
      /is a redirect \(HTTP status 302\), which is never followed/,
    ],
    [
      'a redirect of the checksums',
      'checksums',
      { kind: 'response', status: 301, headers: { location: '/x' } },
      /is a redirect \(HTTP status 301\)/,
    ],
    ['a missing archive', 'archive', { kind: 'response', status: 404 }, /isn't a file \(HTTP status 404\)/],
    [
      'an overloaded host',
      'latest',
      { kind: 'response', status: 503 },
      /latest\.json isn't a file \(HTTP status 503\)/,
    ],
    ['a web page', 'latest', { kind: 'response', status: 200, body: '<html>' }, /names no version of cnspec/],
    [
      'a broken connection',
      'archive',
      { kind: 'half', end: 'reset' },
      /was lost in the middle of the response \(\w+\) after 0\.\d KiB/,
    ],
    [
      'a stalled connection',
      'archive',
      { kind: 'half', end: 'silence' },
      /the step timed out after 0\.\d KiB/,
    ],
    ['a silent host', 'archive', { kind: 'hang' }, /the step timed out/],
    [
      'a host that does not send its newest version',
      'latest',
      { kind: 'hang' },
      /connected, but no response within/,
    ],
  ])('because of %s', async ([, file, fault, says], { stage }) => {
    const releases = await releasesFor(stage);
    releases.fault(file, fault);
    const step = await stage.run({ 'cnspec-version': 'latest', 'updates-url': releases.url, timeout: '15s' });
    expect(await messageOfFailed(step)).toMatch(says);
  });

  test('because of an unusable proxy', async ({ stage }) => {
    const step = await stage.run(
      { 'cnspec-version': '13.0.0', 'updates-url': 'https://mirror.example.org' },
      { env: { HTTPS_PROXY: '::nonsense::' } },
    );
    expect(await messageOfFailed(step)).toContain(
      'cnspec could not be installed. The proxy in the variable `HTTPS_PROXY` is not a URL.',
    );
  });

  test("because a host sends no checksums, even if the step's timeout is far away", async ({ stage }) => {
    const releases = await releasesFor(stage);
    releases.fault('checksums', { kind: 'hang' });
    const step = await stage.run({ 'cnspec-version': '13.0.0', 'updates-url': releases.url });
    expect(await messageOfFailed(step)).toContain(
      'SHA256SUMS could not be fetched: connected, but no response',
    );
  });

  test('causes a warning if the workflow tolerates it', async ({ stage }) => {
    const { step } = await installFrom(stage, '13.99.0', { inputs: { 'fail-on': 'unauthenticated' } });
    expect(step).toMatchObject({ exitCode: 0, outputs: { status: 'cnspec-failed' } });
    expect(step.annotations).toMatchObject([{ level: 'warning' }]);
    expect(existsSync(step.outputs['config-path'] ?? '')).toBe(true);
  });

  test('leaves no client of a registration token', async ({ stage }) => {
    const releases = await releasesFor(stage);
    const token = await stage.platform.issueRegistrationToken();
    const step = await stage.run({
      credentials: '',
      'registration-token': token,
      'cnspec-version': '13.99.0',
      'updates-url': releases.url,
    });
    await messageOfFailed(step);
    expect(stage.platform.clients).toEqual([]);
  });
});

describe.concurrent('an unreachable releases host', () => {
  test('fails an installation long before the timeout of the step', async ({ stage }) => {
    const updatesUrl = await startMute(stage);
    const step = await stage.run({ 'cnspec-version': '13.0.0', 'updates-url': updatesUrl });
    expect(await messageOfFailed(step)).toMatch(
      /could not be fetched: no connection within (?:\d+(?:\.\d+)?ms|[12](?:\.\d+)?s)/,
    );
  });
});

/** Starts a host that accepts connections and sends nothing, like a host behind a firewall. */
async function startMute(stage: Stage): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  stage.until({
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  return `https://127.0.0.1:${port}`;
}
