import { EOL } from 'node:os';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { identify } from '../src/identify.ts';
import type { Inputs } from '../src/inputs.ts';
import { ActionError } from '../src/util/errors.ts';
import { credentials, expectSilence, ISSUER, jwt, KEY_PEM, NOW, OWNER_MRN, pemBody } from './fixtures.ts';

const REQUEST_TOKEN = jwt({ nameid: 'a job' });

const INPUTS: Inputs = {
  credentials: '',
  registrationToken: '',
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

beforeEach(() => {
  vi.stubEnv('MONDOO_CONFIG_BASE64', undefined);
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_URL', 'https://pipelines.example.org/idtoken');
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_TOKEN', REQUEST_TOKEN);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Identifies by a document, and returns what was printed beside the masks. */
async function identifyBy(document: unknown): Promise<{ outcome: 'known' | 'refused'; printed: string }> {
  const printed: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  try {
    await identify({ ...INPUTS, credentials: JSON.stringify(document) }, NOW);
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
])('an object that cannot be made a text is no crash, in the field %s', async (field, document) => {
  const { printed } = await identifyBy({ ...document, [field]: { toString: null, valueOf: null } });
  expect(printed).not.toContain('crashed');
});

it('a run is somebody or is refused in words, whatever stands in the document, and no key is told', async () => {
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
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(credentials(), WORKLOAD), changes, async (document, changes) => {
      const { outcome, printed } = await identifyBy({ ...document, ...changes });
      outcomes[outcome]++;
      // One line of ours each: what is a command says so at its very start.
      expect(printed.replaceAll(EOL, '\n')).toMatch(/^(?:(?:→ |::warning::).*\n)*$/);
      expect(printed).not.toContain(pemBody(KEY_PEM).slice(0, 16));
    }),
  );
  expect(outcomes.known).toBeGreaterThan(0);
  expect(outcomes.refused).toBeGreaterThan(0);
});
