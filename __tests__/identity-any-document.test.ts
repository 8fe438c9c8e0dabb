import { EOL } from 'node:os';
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { identify } from '../src/identify.ts';
import type { Inputs } from '../src/inputs.ts';
import type { Job } from '../src/job.ts';
import { Deadline } from '../src/platform/deadline.ts';
import { ActionError } from '../src/util/errors.ts';
import {
  credentials,
  expectSilence,
  ISSUER,
  jwt,
  KEY_PEM,
  NOW,
  OWNER_MRN,
  pemBody,
  result,
} from './fixtures.ts';
import { openJob } from './github/open-job.ts';

const REQUEST_TOKEN = jwt({ nameid: 'a job' });

const INPUTS: Inputs = {
  credentials: '',
  registrationToken: '',
  expectSpace: undefined,
  apiEndpoint: undefined,
  apiProxy: undefined,
  name: 'acme/shop/scan',
  annotations: {},
  register: true,
  configPath: undefined,
  maxClockSkew: 30_000,
  failOn: new Set(),
  onMissingCredentials: 'fail',
  timeout: 120_000,
  cnspecVersion: undefined,
  verifyWithCnspec: 'auto',
  updatesUrl: undefined,
  jobSummary: true,
};

const ENV = {
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://pipelines.example.org/idtoken',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN,
};

afterEach(() => void vi.restoreAllMocks());

/** Identifies with a document, and returns the output without the masks. */
async function identifyBy(
  job: Job,
  document: unknown,
): Promise<{ outcome: 'known' | 'refused'; printed: string }> {
  const printed: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  try {
    await using rollback = new AsyncDisposableStack();
    const inputs = { ...INPUTS, credentials: JSON.stringify(document) };
    const { host } = result();
    await identify({ inputs, job, rollback, deadline: new Deadline(1), startedAt: NOW, host });
    return { outcome: 'known', printed: withoutMasks(printed) };
  } catch (error) {
    expect(error).toBeInstanceOf(ActionError);
    const { code, message, remedy } = error as ActionError;
    expect(['invalid-credentials', 'invalid-input']).toContain(code);
    expect(message).not.toBe('');
    expect(remedy).not.toBe('');
    expectSilence(error as ActionError, pemBody(KEY_PEM), REQUEST_TOKEN);
    return { outcome: 'refused', printed: withoutMasks(printed) };
  } finally {
    spy.mockRestore();
  }
}

function withoutMasks(printed: string[]): string {
  return printed.filter((text) => !text.startsWith('::add-mask::')).join('');
}

const WORKLOAD = {
  type: 'external_account',
  universeDomain: 'https://us.api.mondoo.com',
  audience: OWNER_MRN,
  issuerUri: ISSUER,
};

it.each<[string, object]>([
  ['private_key', credentials()],
  ['api_proxy', credentials()],
  ['jwtToken', WORKLOAD],
])(
  'an object that cannot be converted to text does not cause a crash, in the field %s',
  async (field, document) => {
    const { printed } = await identifyBy(openJob(ENV), {
      ...document,
      [field]: { toString: null, valueOf: null },
    });
    expect(printed).not.toContain('crashed');
  },
);

it('a run has an identity or an ActionError for any document, and prints no key', async () => {
  const value = fc.oneof(
    fc.constantFrom<unknown>(KEY_PEM, [KEY_PEM], { toString: 1, valueOf: 2 }, { a: KEY_PEM }, null, ''),
    fc.jsonValue(),
    fc.webUrl(),
  );
  const keys = [
    ...Object.keys(credentials()),
    ...Object.keys(WORKLOAD),
    'jwtToken',
    'api_proxy',
    'agent_mrn',
  ];
  const changes = fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 2 });
  const outcomes = { known: 0, refused: 0 };
  const job = openJob(ENV);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(credentials(), WORKLOAD), changes, async (document, changes) => {
      const { outcome, printed } = await identifyBy(job, { ...document, ...changes });
      outcomes[outcome]++;
      // One line for each message: commands are recognized at the start of a line.
      expect(printed.replaceAll(EOL, '\n')).toMatch(/^(?:(?:→ |::warning::).*\n)*$/);
      expect(printed).not.toContain(pemBody(KEY_PEM).slice(0, 16));
    }),
  );
  expect(outcomes.known).toBeGreaterThan(0);
  expect(outcomes.refused).toBeGreaterThan(0);
});
