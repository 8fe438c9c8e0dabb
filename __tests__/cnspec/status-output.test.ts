import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readProvidersOutput, readStatusOutput } from '../../src/cnspec/status-output.ts';

const reference = (name: string) =>
  readFileSync(new URL(`../../simulator/reference/${name}.json`, import.meta.url), 'utf8');

const OF_ALL = {
  version: '13.0.0',
  latestVersion: '13.0.0',
  build: 'development',
  updatesUrl: 'http://127.0.0.1:18999',
  providersUrl: 'http://127.0.0.1:18999',
};

describe('the output of a real cnspec', () => {
  it.each([
    ['registered', 'healthy', 'http://127.0.0.1:43185', false, []],
    ['unauthenticated', 'revoked', 'http://127.0.0.1:43185', true, []],
    ['permission-denied', 'viewer', 'http://127.0.0.1:43185', true, []],
    ['unreachable', 'healthy', 'http://127.0.0.1:9', true, []],
    [
      'clock-skew',
      'healthy',
      'http://127.0.0.1:46685',
      false,
      ['possible clock skew detected: 71h59m59.5698502s'],
    ],
  ])('is parsed: %s', (name, account, endpoint, pingFailed, warnings) => {
    expect(readStatusOutput(reference(name))).toEqual({
      ...OF_ALL,
      registered: true,
      pingFailed,
      serviceAccount: `//agents.api.mondoo.app/spaces/oracle-space/serviceaccounts/${account}`,
      client: '//agents.api.mondoo.app/spaces/oracle-space/agents/2SARlZgQnFLAzj7jfiS1Fx2HBz8',
      endpoint,
      warnings,
    });
  });

  it('is parsed if it has no service account', () => {
    expect(readStatusOutput(reference('unregistered'))).toMatchObject({
      registered: false,
      pingFailed: false,
      serviceAccount: undefined,
      client: undefined,
      endpoint: 'https://us.api.mondoo.com',
    });
  });
});

describe('the JSON in the output', () => {
  const json = reference('registered').trim();

  it.each([
    ['alone', json],
    ['between log lines', `→ loaded {configuration}\n${json}\n! bye {not json}\n`],
    ['after other JSON', `{"level":"info"}\r\n${json}\r\n`],
    ['with a byte order mark', `\ufeff${json}`],
  ])('is found: %s', (_, output) => {
    expect(readStatusOutput(output)?.registered).toBe(true);
  });

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"client": 1}',
    '{"client": []}',
    '<html>{"client": </html>',
    json.slice(0, -1),
    json.slice(1),
  ])('is not found in %.30s', (output) => {
    expect(readStatusOutput(output)).toBeUndefined();
  });
});

describe('invalid values in the output', () => {
  const read = (client: object, upstream: unknown = {}) =>
    readStatusOutput(JSON.stringify({ client, upstream }));

  it('are ignored', () => {
    expect(
      read(
        {
          version: '13 <b>',
          latest_version: 13,
          build: 'x'.repeat(65),
          registered: 'true',
          service_account: ['x'],
          mrn: 7,
          updatesUrl: 'https://stella:pa55@mirror.example',
          providersUrl: 'javascript:alert(1)',
        },
        { api: { endpoint: 7 }, warnings: ['one', 2, null] },
      ),
    ).toEqual({
      version: undefined,
      latestVersion: undefined,
      build: undefined,
      registered: false,
      pingFailed: false,
      serviceAccount: undefined,
      client: undefined,
      endpoint: undefined,
      updatesUrl: undefined,
      providersUrl: undefined,
      warnings: ['one'],
    });
    expect(read({}, 'text')).toMatchObject({ endpoint: undefined, warnings: [] });
    expect(read({}, { api: null, warnings: 'text' })).toMatchObject({ warnings: [] });
  });

  it('include the text that means no client', () => {
    expect(read({ mrn: 'no managed client' })?.client).toBeUndefined();
    expect(read({ mrn: 'x' })?.client).toBe('x');
  });

  it('result in a limited number of warnings of limited length', () => {
    const warnings = Array.from({ length: 100 }, () => 'x'.repeat(5000));
    const told = read({}, { warnings })?.warnings ?? [];
    expect(told).toHaveLength(20);
    expect(told[0]).toHaveLength(1000);
  });
});

it('parses any text without an error', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => void readStatusOutput(text)),
  );
  fc.assert(fc.property(fc.json(), (json) => void readStatusOutput(`{"client": ${json}}`)));
});

describe('readProvidersOutput', () => {
  it('parses the output of a real cnspec', () => {
    const output = readFileSync(
      new URL('../../simulator/reference/providers-list.txt', import.meta.url),
      'utf8',
    );
    expect(readProvidersOutput(output)).toEqual(['core', 'mock', 'recording', 'sbom']);
  });

  it('ignores unrelated lines', () => {
    const output =
      '→ builtin (found 2 providers)\n\n  core 13.0.0\n  os v11.2.3 with connectors: local, ssh\r\nx failed 3 times\n';
    expect(readProvidersOutput(output)).toEqual(['core', 'os']);
  });

  it('returns only names, and a limited number of them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        for (const name of readProvidersOutput(text)) expect(name).toMatch(/^[\w.-]{1,64}$/);
      }),
    );
    const many = Array.from({ length: 1000 }, (_, at) => `p${at} 1.0.0\n`).join('');
    expect(readProvidersOutput(many)).toHaveLength(200);
  });
});
