import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { Credentials } from '../../simulator/accounts.ts';
import { callByProtobuf } from '../../simulator/protobuf-client.ts';

const SIMULATOR = fileURLToPath(new URL('../../simulator', import.meta.url));

function spawnCommand(name: 'start' | 'serve', args: string[], env = {}): ChildProcess {
  return spawn(process.execPath, [path.join(SIMULATOR, `${name}.ts`), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
}

async function finish(child: ChildProcess) {
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'close'),
  ]);
  return { exitCode: exitCode as number, stdout, stderr };
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'command-line-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test('npm start shows a run, the requests, and what remains', async () => {
  const { exitCode, stdout } = await finish(spawnCommand('start', []));
  expect(exitCode).toBe(0);
  for (const line of [
    'credentials: ${{ secrets.MONDOO_CREDENTIALS }}',
    '→ client is registered',
    'verdict    ok',
    'AgentManager/RegisterAgent  200  by //agents.api.mondoo.app/spaces/lunalectric-website/serviceaccounts/',
    'on the platform: the client lunalectric/website/scan, ',
  ]) {
    expect(stdout).toContain(line);
  }
});

test('npm start rejects a scenario that does not exist', async () => {
  const { exitCode, stderr } = await finish(spawnCommand('start', ['--scenario', 'none']));
  expect(exitCode).toBe(2);
  expect(stderr).toContain('There is no scenario "none".');
});

test('npm run simulator serves a scenario, and ends by SIGTERM', async () => {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'credentials.json');
  const child = spawnCommand('serve', ['--scenario', 'unauthenticated', '--credentials-file', file]);
  await once(child.stdout!, 'data');
  const as: Credentials = JSON.parse(await readFile(file, 'utf8'));
  expect(await callByProtobuf(as.api_endpoint, 'AgentManager/PingPong', { as })).toEqual({
    error: { code: 16, message: 'request permission unauthenticated' },
  });
  child.kill('SIGTERM');
  const [exitCode] = await once(child, 'close');
  if (process.platform !== 'win32') expect(exitCode).toBe(0);
});
