import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect } from 'vitest';
import { issueCertificate } from '../simulator/certificate.ts';
import type { CnspecAnswer } from '../src/cnspec/status.ts';
import { type CredentialsDocument, decodeCredentials, parseJson } from '../src/credentials/decode.ts';
import type { Identity } from '../src/credentials/identity.ts';
import { parseYaml } from '../src/credentials/yaml.ts';
import type { ServiceAccount } from '../src/platform/account.ts';
import { CallError, type Failure } from '../src/platform/call-error.ts';
import type { Health } from '../src/platform/client.ts';
import type { Result } from '../src/status/result.ts';
import { ActionError } from '../src/util/errors.ts';

/** A P-384 key in PKCS#8, the only supported kind. Shared, because generating keys is slow. */
export const KEY_PEM = pkcs8('P-384');

/** Another key, which matches no certificate here. */
export const OTHER_KEY_PEM = pkcs8('P-384');

export const NOW = new Date('2026-11-24T22:59:43Z');

export const SPACE = 'oracle-space';
export const SERVICE_ACCOUNT_MRN = `//agents.api.mondoo.app/spaces/${SPACE}/serviceaccounts/healthy`;
export const OWNER_MRN = `//captain.api.mondoo.app/spaces/${SPACE}`;
export const CLIENT_MRN = `//agents.api.mondoo.app/spaces/${SPACE}/agents/2SARlZgQnFLAzj7jfiS1Fx2HBz8`;

/** A private key on a curve, as PKCS#8 PEM. */
export function pkcs8(namedCurve: string): string {
  return pem(generateKeyPairSync('ec', { namedCurve }).privateKey);
}

export function pem(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }) as string;
}

/** A self-signed certificate for a P-384 key; default: valid for a year before and after NOW. */
export async function certificateFor(
  keyPem: string,
  { from = '2025-11-24T00:00:00Z', to = '2027-11-24T00:00:00Z' } = {},
): Promise<string> {
  const key = createPrivateKey(keyPem);
  const content = { commonName: 'register-cnspec test', notBefore: new Date(from), notAfter: new Date(to) };
  return issueCertificate(content, key, createPublicKey(key));
}

export const CERTIFICATE_PEM = await certificateFor(KEY_PEM);

/** Credentials as the Console exports them, with changes; a field set to undefined is omitted. */
export function credentials(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const document = {
    mrn: SERVICE_ACCOUNT_MRN,
    space_mrn: OWNER_MRN,
    private_key: KEY_PEM,
    certificate: CERTIFICATE_PEM,
    api_endpoint: 'https://us.api.mondoo.com',
    typename: 'ServiceAccountCredentials',
    ...changes,
  };
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined));
}

/** The service account in `credentials()`. */
export function account(changes: Partial<ServiceAccount> = {}): ServiceAccount {
  return {
    mrn: SERVICE_ACCOUNT_MRN,
    ownerMrn: OWNER_MRN,
    apiEndpoint: 'https://us.api.mondoo.com',
    privateKey: createPrivateKey(KEY_PEM),
    ...changes,
  };
}

/** The status of the runner that recorded the reference output. */
export function result(changes: Partial<Result> = {}): Result {
  return {
    startedAt: NOW,
    host: {
      platform: { name: 'debian', version: '12.11', arch: 'x86_64' },
      ip: '192.0.2.2',
      hostname: 'vm',
    },
    account: account(),
    registration: { wanted: true, name: 'acme/shop/scan' },
    ...changes,
  };
}

/** The output of cnspec 13.0.0 for the reference. */
export function cnspecAnswer(changes: Partial<CnspecAnswer> = {}): CnspecAnswer {
  return {
    version: '13.0.0',
    latestVersion: '13.0.0',
    build: 'development',
    registered: true,
    pingFailed: false,
    serviceAccount: SERVICE_ACCOUNT_MRN,
    client: undefined,
    endpoint: 'https://us.api.mondoo.com',
    updatesUrl: 'http://127.0.0.1:18999',
    providersUrl: 'http://127.0.0.1:18999/providers',
    warnings: [],
    authenticated: true,
    ...changes,
  };
}

/** The issuer of github.com's ID tokens. */
export const ISSUER = 'https://token.actions.githubusercontent.com';

/** A workload identity that can request ID tokens. */
export const WORKLOAD_IDENTITY = {
  kind: 'workload identity' as const,
  account: {
    apiEndpoint: 'https://us.api.mondoo.com',
    declaredEndpoint: 'https://us.api.mondoo.com',
    ownerMrn: OWNER_MRN,
    issuerUri: ISSUER,
  },
  idTokens: {
    url: new URL('https://pipelines.example.org/idtoken'),
    request: () => Promise.reject(new Error('no test asks this for a token')),
  },
} satisfies Identity;

export function registrationToken(expiresAt?: Date): Identity {
  return {
    kind: 'registration token',
    token: {
      jwt: jwt({ space: OWNER_MRN }),
      apiEndpoint: 'https://us.api.mondoo.com',
      ownerMrn: OWNER_MRN,
      expiresAt,
    },
  };
}

/** The result before an identity has a service account. */
export function resultWithoutAccount(identity: Identity, changes: Partial<Result> = {}): Result {
  const { account: _, ...rest } = result({ identity, ...changes });
  return rest;
}

export function jwt(claims: unknown): string {
  const parts = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) => JSON.stringify(part));
  return [...parts, 'nobody has signed this']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
}

/** The response of a serving platform whose clock agrees. */
export function health(changes: Partial<Health> = {}): Health {
  return { status: 'SERVING', time: NOW, apiVersion: '13', localTime: NOW, roundTrip: 40, ...changes };
}

export const REQUEST_ID = '6f2b6a5e-0000-4000-8000-0123456789ab';

/** An error response of the platform. */
export function rpcError(code: number, message = 'in its own words', method = 'AgentManager/PingPong') {
  return callError({ kind: 'rpc', status: { code, message } }, method);
}

export function callError(
  failure: Failure,
  method = 'AgentManager/PingPong',
  retryAfter?: number,
): CallError {
  return new CallError(method, failure, REQUEST_ID, retryAfter);
}

/** The body of a PEM, without its labels, white space and escaped line ends. */
export function pemBody(text: string): string {
  return text.replace(/-----[A-Z0-9 ]+-----/g, '').replace(/\\[rn]|\s/g, '');
}

/** Every substring of this length. */
export function piecesOf(text: string, length = 8): string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) =>
    text.slice(at, at + length),
  );
}

/** Fails if an error contains any 8 characters of a secret in a printable place. */
export function expectSilence(error: Error, ...secrets: string[]): void {
  const printed = [
    error.message,
    error.stack ?? '',
    error instanceof ActionError ? error.remedy : '',
    String(error.cause ?? ''),
    JSON.stringify(error.cause ?? ''),
    JSON.stringify(error),
  ].join('\n');
  const leaked = secrets.flatMap((secret) => piecesOf(secret)).filter((piece) => printed.includes(piece));
  expect(leaked).toEqual([]);
}

/** Runs a call that must fail, and returns its ActionError after checking that it contains no secret. */
export function failureOf(run: () => unknown, ...secrets: string[]): ActionError {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    expectSilence(error, ...secrets);
    return error;
  }
  throw new Error('it did not fail');
}

/** Reads credentials in any form; the action loads the YAML parser only if needed. */
export function parseGiven(given: string): CredentialsDocument {
  const decoded = decodeCredentials(given);
  return decoded.form.endsWith('JSON') ? parseJson(decoded) : parseYaml(decoded);
}
