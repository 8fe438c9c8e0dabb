import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { type ServerIdentity, selfSign } from '../../../simulator/authority.ts';
import { test } from '../stage.ts';
import { AUTHORITY_FILE, authority } from './authority-file.ts';
import { expectOutcome } from './outcome.ts';

const DAY = 86_400_000;
const KNOWN = { NODE_EXTRA_CA_CERTS: AUTHORITY_FILE };
const expired = () =>
  authority.issue({ notBefore: new Date(Date.now() - 9 * DAY), notAfter: new Date(Date.now() - DAY) });

/** An invalid certificate, whether its CA is known, and what is wrong with it. */
interface Bad {
  what: string;
  identity(): Promise<ServerIdentity>;
  env: Record<string, string>;
  says: RegExp;
}

const BAD: Bad[] = [
  {
    what: 'has expired',
    identity: expired,
    env: KNOWN,
    says: /the TLS certificate of localhost:\d+ has expired \(CERT_HAS_EXPIRED\)/,
  },
  {
    what: 'is not valid yet',
    identity: () =>
      authority.issue({ notBefore: new Date(Date.now() + DAY), notAfter: new Date(Date.now() + 2 * DAY) }),
    env: KNOWN,
    says: /the TLS certificate of localhost:\d+ is not valid yet \(CERT_NOT_YET_VALID\)/,
  },
  {
    what: 'was issued for another host',
    identity: () => authority.issue({ hosts: ['us.api.mondoo.com'] }),
    env: KNOWN,
    says: /the TLS certificate of localhost:\d+ was issued for another host name \(ERR_TLS_CERT_ALTNAME_INVALID\)/,
  },
  {
    what: 'is self-signed',
    identity: () => selfSign(),
    env: {},
    says: /the TLS certificate of localhost:\d+ is self-signed, and the runner doesn't trust it/,
  },
  {
    what: 'comes from an unknown CA',
    identity: () => authority.issue(),
    env: {},
    says: /the TLS certificate of localhost:\d+ comes from a CA that the runner doesn't trust/,
  },
];

describe.concurrent.each(BAD)('a certificate that $what', ({ identity, env, says }) => {
  test.for([
    { where: 'verified', setting: {} },
    { where: 'if verification is disabled', setting: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } },
  ])('is unreachable, without a retry, $where', async ({ setting }, { stage }) => {
    const { platform, credentials } = await stage.another({ tls: await identity() });
    const step = await stage.run(
      { credentials: JSON.stringify(credentials) },
      { env: { ...env, ...setting } },
    );
    expectOutcome(step, platform, {
      finding: 'unreachable',
      says,
      asked: { health: 0, ping: 0, register: 0 },
      clients: 0,
    });
    expect(step.log).not.toContain('follows in');
  });
});

describe.concurrent('the fix for an unknown CA', () => {
  const file = (name: string, content: string | Uint8Array) => ({ name, content });
  const pem = authority.certificate;
  const FILES = [
    file('missing.pem', ''),
    file('empty.pem', ''),
    file('authority.der', Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64')),
    file('utf-16.pem', Buffer.from(`\ufeff${pem}`, 'utf16le')),
    file('"quoted.pem"', pem),
    file('.', ''),
  ];

  test.for(FILES)(
    'says that NODE_EXTRA_CA_CERTS holds no PEM certificate: $name',
    async ({ name, content }, { stage }) => {
      const { platform, credentials } = await stage.another({ tls: await authority.issue() });
      const folder = await mkdtemp(path.join(os.tmpdir(), 'extra-ca-'));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const given = path.join(folder, name);
      // A quoted path is one of a file that exists without the quotes.
      if (name !== 'missing.pem' && name !== '.')
        await writeFile(path.join(folder, name.replaceAll('"', '')), content);
      const variable = name.startsWith('"') ? `"${path.join(folder, 'quoted.pem')}"` : given;
      const step = await stage.run(
        { credentials: JSON.stringify(credentials) },
        { env: { NODE_EXTRA_CA_CERTS: variable } },
      );
      expectOutcome(step, platform, {
        finding: 'unreachable',
        says: /comes from a CA that the runner doesn't trust/,
        asked: { health: 0, ping: 0, register: 0 },
        clients: 0,
      });
      expect(step.outputs.error).toContain(
        `The variable is set to \`${variable}\`, but Node found no PEM certificate there.`,
      );
    },
  );

  test('names NODE_EXTRA_CA_CERTS and the system store, not DNS and curl', async ({ stage }) => {
    const { credentials } = await stage.another({ tls: await authority.issue() });
    const step = await stage.run({ credentials: JSON.stringify(credentials) });
    expect(step.outputs.error).toContain(
      "Fix: Add the CA to the system's store, or set `NODE_EXTRA_CA_CERTS` to the path of its PEM file in the `env:` of the step.",
    );
    expect(step.outputs.error).not.toMatch(/DNS|curl|no PEM certificate/);
  });

  test('does not blame a file with certificates', async ({ stage }) => {
    const { credentials } = await stage.another({ tls: await selfSign() });
    const step = await stage.run({ credentials: JSON.stringify(credentials) }, { env: KNOWN });
    expect(step.outputs.error).toContain("Fix: Add the CA to the system's store");
    expect(step.outputs.error).not.toContain('no PEM certificate');
  });
});

describe.concurrent('a CA', () => {
  const OK = { finding: 'ok', asked: { health: 1, ping: 1, register: 1 }, clients: 1 } as const;

  test('in NODE_EXTRA_CA_CERTS is accepted', async ({ stage }) => {
    const { platform, credentials } = await stage.another({ tls: await authority.issue() });
    const step = await stage.run({ credentials: JSON.stringify(credentials) }, { env: KNOWN });
    expectOutcome(step, platform, OK);
  });

  test.runIf(process.platform === 'linux')(
    "that is only in the system's store is accepted",
    async ({ stage }) => {
      const { platform, credentials } = await stage.another({ tls: await authority.issue() });
      const step = await stage.run(
        { credentials: JSON.stringify(credentials) },
        { env: { SSL_CERT_FILE: AUTHORITY_FILE } },
      );
      expectOutcome(step, platform, OK);
      expect(step.log).not.toContain('follows in');
    },
  );

  test.runIf(process.platform === 'linux')(
    "in the system's store does not make a wrong host valid",
    async ({ stage }) => {
      const tls = await authority.issue({ hosts: ['us.api.mondoo.com'] });
      const { platform, credentials } = await stage.another({ tls });
      const step = await stage.run(
        { credentials: JSON.stringify(credentials) },
        { env: { SSL_CERT_FILE: AUTHORITY_FILE } },
      );
      expectOutcome(step, platform, {
        finding: 'unreachable',
        says: /was issued for another host name/,
        asked: { health: 0, ping: 0, register: 0 },
        clients: 0,
      });
    },
  );
});

test.concurrent('a server without TLS is unreachable, without a retry', async ({ stage }) => {
  const endpoint = stage.platform.endpoint.replace('http://127.0.0.1', 'https://localhost');
  const step = await stage.run({ 'api-endpoint': endpoint });
  expectOutcome(step, stage.platform, {
    finding: 'unreachable',
    says: /localhost:\d+ does not speak TLS/,
    asked: { health: 0, ping: 0, register: 0 },
    clients: 0,
  });
  expect(step.log).not.toContain('follows in');
});
