import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Conduct, writeCnspec } from '../../simulator/cnspec-program.ts';
import { compareWithCnspec, type Expected, findDisagreement } from '../../src/cnspec/compare.ts';
import type { CnspecAnswer } from '../../src/cnspec/status.ts';
import { Deadline } from '../../src/platform/deadline.ts';
import { CLIENT_MRN, cnspecAnswer, SERVICE_ACCOUNT_MRN } from '../fixtures.ts';

const ENDPOINT = 'https://eu.api.mondoo.com';
const expected: Expected = {
  serviceAccount: SERVICE_ACCOUNT_MRN,
  endpoint: ENDPOINT,
  authenticated: true,
  client: undefined,
};

const answer = (changes: Partial<CnspecAnswer> = {}) => cnspecAnswer({ endpoint: ENDPOINT, ...changes });

describe('findDisagreement', () => {
  it.each([
    ['both report the same', {}, {}],
    ['only a slash at the end of the endpoint differs', { endpoint: `${ENDPOINT}/` }, {}],
    ['the platform rejects both', { authenticated: false }, { authenticated: false }],
    ['the platform did not respond to this step', { authenticated: false }, { authenticated: undefined }],
    ['both report the same client', { client: CLIENT_MRN }, { client: CLIENT_MRN }],
  ])('finds no disagreement if %s', (_, changes, other) => {
    expect(findDisagreement(answer(changes), { ...expected, ...other })).toBeUndefined();
  });

  const other = SERVICE_ACCOUNT_MRN.replace('healthy', 'other');
  it.each<[string, Partial<CnspecAnswer>, Partial<Expected>, string, string]>([
    ['is not registered', { registered: false }, {}, 'it has no service account', 'there is one'],
    [
      'has another account',
      { serviceAccount: other },
      {},
      `its service account is ${other}`,
      `its service account is ${SERVICE_ACCOUNT_MRN}`,
    ],
    [
      'reports an account that is not an MRN',
      { serviceAccount: 'a secret ::error::' },
      {},
      'its service account is unreadable',
      SERVICE_ACCOUNT_MRN,
    ],
    ['reports no account', { serviceAccount: undefined }, {}, 'unreadable', SERVICE_ACCOUNT_MRN],
    [
      'reports another endpoint',
      { endpoint: 'https://us.api.mondoo.com' },
      {},
      'its endpoint is https://us.api.mondoo.com',
      `its endpoint is ${ENDPOINT}`,
    ],
    [
      'reports an endpoint that is not a URL',
      { endpoint: 'https://stella:pa55@x.example' },
      {},
      'its endpoint is `unreadable`',
      ENDPOINT,
    ],
    [
      'is rejected',
      { authenticated: false },
      {},
      'Mondoo Platform rejects the service account',
      'Mondoo Platform accepts the service account',
    ],
    [
      'is accepted, but this step is not',
      {},
      { authenticated: false },
      'Mondoo Platform accepts the service account',
      'Mondoo Platform rejects the service account',
    ],
    [
      'reports a client that the step does not know',
      { client: CLIENT_MRN },
      {},
      `its client is ${CLIENT_MRN}`,
      'it has no client',
    ],
    ['reports no client', {}, { client: CLIENT_MRN }, 'it has no client', `its client is ${CLIENT_MRN}`],
    [
      'reports another client',
      { client: CLIENT_MRN.replace(/\w+$/, 'other') },
      { client: CLIENT_MRN },
      `its client is ${CLIENT_MRN.replace(/\w+$/, 'other')}`,
      `its client is ${CLIENT_MRN}`,
    ],
    [
      'reports a client that is not an MRN',
      { client: 'pa55 ::error::' },
      {},
      'its client is unreadable',
      'it has no client',
    ],
  ])('reports both results if cnspec %s', (_, changes, differently, cnspec, step) => {
    const error = findDisagreement(answer(changes), { ...expected, ...differently });
    expect(error?.code).toBe('cnspec-failed');
    expect(error?.message).not.toContain('pa55');
    const [says, found] = error!.message.split('. The action found that ');
    expect(says).toContain('cnspec 13.0.0 and the action disagree');
    expect(says!.replaceAll('`', '')).toContain(cnspec.replaceAll('`', ''));
    expect(found!.replaceAll('`', '')).toContain(step.replaceAll('`', ''));
  });

  it('reports all differences at once', () => {
    const error = findDisagreement(answer({ serviceAccount: other, endpoint: 'x' }), expected);
    expect(error?.message).toMatch(/its service account is .*, its endpoint is unreadable/);
  });
});

describe('compareWithCnspec', () => {
  async function compare(kind: Conduct['kind'], timeout = 20_000) {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'compare-'));
    onTestFinished(() => rm(folder, { recursive: true, maxRetries: 5 }));
    const file = path.join(folder, 'mondoo.yml');
    await writeFile(
      file,
      `mrn: ${SERVICE_ACCOUNT_MRN}\nagent_mrn: ${CLIENT_MRN}\napi_endpoint: ${ENDPOINT}\n`,
    );
    const program = await writeCnspec(folder, { version: '13.0.0', kind });
    const lines: string[] = [];
    const result = await compareWithCnspec(
      program,
      file,
      { ...expected, client: CLIENT_MRN },
      {
        env: process.env,
        temp: undefined,
        signal: new Deadline(timeout).signal,
        log: (line) => lines.push(line),
      },
    );
    expect(lines).toEqual([`→ running \`${program} status\``]);
    return result;
  }

  it('returns the status that cnspec reports', async () => {
    expect(await compare('agreeing')).toEqual({
      version: '13.0.0',
      answer: expect.objectContaining({ client: CLIENT_MRN, authenticated: true }),
      providers: ['core', 'mock', 'recording', 'sbom'],
    });
  });

  it('returns a disagreement together with the status', async () => {
    const { answer, failure } = await compare('unauthenticated');
    expect(answer).toMatchObject({ authenticated: false });
    expect(failure?.message).toContain('Mondoo Platform rejects the service account');
  });

  it('reports that cnspec gave no status', async () => {
    expect(await compare('garbled')).toEqual({ failure: expect.objectContaining({ code: 'cnspec-failed' }) });
    expect((await compare('hang', 1500)).failure?.message).toContain('timed out after 1.');
  });
});
