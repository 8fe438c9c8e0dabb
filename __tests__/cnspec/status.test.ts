import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Conduct, writeCnspec } from '../../simulator/cnspec-program.ts';
import { askProviders, askStatus, askVersion } from '../../src/cnspec/status.ts';
import { Deadline } from '../../src/platform/deadline.ts';
import { ActionError } from '../../src/util/errors.ts';
import { CLIENT_MRN, OWNER_MRN, SERVICE_ACCOUNT_MRN } from '../fixtures.ts';
import { rejectionOf } from '../rejection.ts';

const MONDOO_YML = `mrn: ${SERVICE_ACCOUNT_MRN}\nspace_mrn: ${OWNER_MRN}\nagent_mrn: ${CLIENT_MRN}\napi_endpoint: https://eu.api.mondoo.com\n`;

const spawnOptions = (timeout = 5000, env: NodeJS.ProcessEnv = {}) => ({
  cwd: os.tmpdir(),
  env,
  signal: new Deadline(timeout).signal,
});

/** A stand-in for cnspec, and the mondoo.yml that it reads. */
async function standIn(conduct: Partial<Conduct>, timeout = 20_000) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'cnspec-'));
  onTestFinished(() => rm(folder, { recursive: true, maxRetries: 5 }));
  const file = path.join(folder, 'mondoo.yml');
  await writeFile(file, MONDOO_YML);
  const program = await writeCnspec(folder, { version: '13.0.0', kind: 'agreeing', ...conduct });
  return { program, file, options: spawnOptions(timeout, process.env) };
}

async function failureOf(work: Promise<unknown>): Promise<ActionError> {
  const error = await rejectionOf(work, ActionError);
  expect(error.code).toBe('cnspec-failed');
  return error;
}

describe('the status', () => {
  it.each<[Conduct['kind'], boolean, boolean]>([
    ['agreeing', true, true],
    ['unauthenticated', true, false],
    ['unregistered', false, false],
  ])('is parsed: %s', async (kind, registered, authenticated) => {
    const { program, file, options } = await standIn({ kind });
    expect(await askStatus(program, file, options)).toMatchObject({
      version: '13.0.0',
      registered,
      authenticated,
      ...(registered && { serviceAccount: SERVICE_ACCOUNT_MRN, endpoint: 'https://eu.api.mondoo.com' }),
    });
  });

  it.each<[Conduct['kind'], RegExp]>([
    ['silent', /`cnspec status` at .* printed no status and exited with code 1/],
    ['garbled', /`cnspec status` at .* printed no status \(\d+ bytes\) and exited with code 0/],
    ['flooding', /printed more than 1 MiB/],
    ['crashing', /`cnspec status` at .*\. Last line of its output: "panic: runtime error/],
  ])('is none when it is %s', async (kind, says) => {
    const { program, file, options } = await standIn({ kind });
    const { message, evidence } = await failureOf(askStatus(program, file, options));
    expect(`${message} ${evidence}`).toMatch(says);
  });

  it('is missing after the deadline', async () => {
    const { program, file, options } = await standIn({ kind: 'hang' }, 1500);
    expect((await failureOf(askStatus(program, file, options))).message).toMatch(/timed out after 1\.\d+s/);
  });

  it('is missing if the program does not exist', async () => {
    const missing = path.join(os.tmpdir(), 'no-such-folder', 'cnspec');
    const { message } = await failureOf(askStatus(missing, 'x', spawnOptions()));
    expect(message).toBe(`\`cnspec status\` at \`${missing}\` could not be started (ENOENT).`);
  });
});

describe('other commands', () => {
  it('return the version', async () => {
    const { program, options } = await standIn({ version: '11.20.1' });
    expect(await askVersion(program, options)).toBe('11.20.1');
  });

  it('return the list of providers', async () => {
    const { program, options } = await standIn({});
    expect(await askProviders(program, options)).toEqual(['core', 'mock', 'recording', 'sbom']);
  });

  it('return nothing if the program does not know them', async () => {
    expect(await askVersion(process.execPath, spawnOptions())).toBeUndefined();
    expect(await askProviders(process.execPath, spawnOptions())).toEqual([]);
  });

  it('fail if the program does not exit', async () => {
    const missing = path.join(os.tmpdir(), 'no-such-folder', 'cnspec');
    const { message } = await failureOf(askVersion(missing, spawnOptions()));
    expect(message).toBe(`\`cnspec version\` at \`${missing}\` could not be started (ENOENT).`);
    expect(await askProviders(missing, spawnOptions())).toEqual([]);
  });
});
