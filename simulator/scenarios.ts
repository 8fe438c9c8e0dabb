import { findClosedPort } from './closed-port.ts';
import { FORK_PULL_REQUEST } from './events.ts';
import { type IdTokenService, startIdTokenService } from './id-token-service.ts';
import type { Platform } from './platform.ts';
import { type ReleasesHost, startReleases } from './releases.ts';
import type { JobOptions } from './runner.ts';

export interface Scenario {
  name: string;
  description: string;
  status: string;
  exitCode: 0 | 1;
  /** If a credentials file alone doesn't cause it. */
  needsJob?: true;
  /** Prepares the platform, and returns the step's inputs and job. */
  prepare(platform: Platform): Promise<Situation>;
}

export interface Situation {
  inputs: Record<string, string>;
  job?: Pick<JobOptions, 'env' | 'event' | 'eventName' | 'files'>;
  idTokens?: IdTokenService;
  releases?: ReleasesHost;
}

const HOUR = 3_600_000;

export const SPACE = '//captain.api.mondoo.app/spaces/lunalectric-website';

/** Most useful ones first. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'registered',
    description: 'The platform accepts the service account and registers the client.',
    status: 'ok',
    exitCode: 0,
    prepare: async (platform) => ({ inputs: { credentials: toJson(await platform.mint()) } }),
  },
  {
    name: 'unregistered',
    description: 'The credentials work, but the space has reached its limit of clients.',
    status: 'unregistered',
    exitCode: 1,
    prepare: async (platform) => {
      platform.fault('AgentManager/RegisterAgent', {
        kind: 'error',
        code: 9,
        message: 'the space has reached its limit of clients',
      });
      return { inputs: { credentials: toJson(await platform.mint()) } };
    },
  },
  {
    name: 'unauthenticated',
    description: 'The service account was revoked.',
    status: 'unauthenticated',
    exitCode: 1,
    prepare: async (platform) => {
      const credentials = await platform.mint();
      platform.revoke(credentials.mrn);
      return { inputs: { credentials: toJson(credentials) } };
    },
  },
  {
    name: 'permission-denied',
    description: 'The service account is a viewer, not an agent.',
    status: 'permission-denied',
    exitCode: 1,
    prepare: async (platform) => ({
      inputs: { credentials: toJson(await platform.mint({ role: 'viewer' })) },
    }),
  },
  {
    name: 'clock-skew',
    description: "The runner's clock is three days behind the platform's.",
    status: 'clock-skew',
    exitCode: 1,
    prepare: async (platform) => {
      platform.clock.offsetMs = 72 * HOUR;
      return { inputs: { credentials: toJson(await platform.mint()) } };
    },
  },
  {
    name: 'small-skew',
    description:
      "The runner's clock is 45 seconds behind the platform's, which still accepts the service account.",
    status: 'clock-skew',
    exitCode: 1,
    prepare: async (platform) => {
      platform.clock.offsetMs = 45_000;
      return { inputs: { credentials: toJson(await platform.mint()) } };
    },
  },
  {
    name: 'tolerated',
    description: 'The same clock. `fail-on` tolerates it, and a variable overrides mondoo.yml.',
    status: 'clock-skew',
    exitCode: 0,
    needsJob: true,
    prepare: async (platform) => {
      platform.clock.offsetMs = 45_000;
      return {
        inputs: { credentials: toJson(await platform.mint()), 'fail-on': 'unauthenticated, unreachable' },
        job: { env: { MONDOO_API_ENDPOINT: platform.endpoint } },
      };
    },
  },
  {
    name: 'not-serving',
    description: 'The platform reports that it is not serving.',
    status: 'not-serving',
    exitCode: 1,
    prepare: async (platform) => {
      platform.health.status = 'NOT_SERVING';
      return { inputs: { credentials: toJson(await platform.mint()) } };
    },
  },
  {
    name: 'unreachable',
    description: 'Nothing listens at the API endpoint of the credentials.',
    status: 'unreachable',
    exitCode: 1,
    prepare: async (platform) => {
      const endpoint = `http://127.0.0.1:${await findClosedPort()}`;
      return { inputs: { credentials: toJson(await platform.mint({ endpoint })), timeout: '3s' } };
    },
  },
  {
    name: 'missing-credentials',
    description: 'The secret is not set or has another name.',
    status: 'missing-credentials',
    exitCode: 1,
    needsJob: true,
    prepare: async () => ({ inputs: { credentials: '' } }),
  },
  {
    name: 'invalid-credentials',
    description: 'The secret was cut off when it was pasted.',
    status: 'invalid-credentials',
    exitCode: 1,
    prepare: async (platform) => ({ inputs: { credentials: toJson(await platform.mint()).slice(0, 400) } }),
  },
  {
    name: 'invalid-input',
    description: 'A finding in `fail-on` is misspelled.',
    status: 'invalid-input',
    exitCode: 1,
    needsJob: true,
    prepare: async (platform) => ({
      inputs: { credentials: toJson(await platform.mint()), 'fail-on': 'unauthenicated' },
    }),
  },
  {
    name: 'runner-error',
    description: 'A mondoo.yml that the action did not write is already there.',
    status: 'runner-error',
    exitCode: 1,
    needsJob: true,
    prepare: async (platform) => ({
      inputs: { credentials: toJson(await platform.mint()) },
      job: { files: { '_github_home/.config/mondoo/mondoo.yml': 'mrn: from another program\n' } },
    }),
  },
  {
    name: 'check-only',
    description: 'The platform accepts the service account. No client is registered.',
    status: 'ok',
    exitCode: 0,
    needsJob: true,
    prepare: async (platform) => ({
      inputs: { credentials: toJson(await platform.mint()), register: 'false' },
    }),
  },
  {
    name: 'keyless',
    description:
      'Workload identity federation: the platform exchanges an ID token of GitHub for credentials. No secret.',
    status: 'ok',
    exitCode: 0,
    needsJob: true,
    prepare: async (platform) => {
      const idTokens = await startIdTokenService();
      const { issuer, publicKey } = idTokens;
      platform.trust({ issuer, publicKey, audience: SPACE });
      return {
        inputs: { credentials: toJson(workloadIdentity(platform.endpoint, idTokens)) },
        job: { env: idTokens.env },
        idTokens,
      };
    },
  },
  {
    name: 'registration-token',
    description: 'A registration token creates a client for this job, which is unregistered after it.',
    status: 'ok',
    exitCode: 0,
    needsJob: true,
    prepare: async (platform) => ({
      inputs: { 'registration-token': await platform.issueRegistrationToken() },
    }),
  },
  {
    name: 'cnspec',
    description: 'cnspec (here a stand-in) is installed from a mirror and agrees with the action.',
    status: 'ok',
    exitCode: 0,
    needsJob: true,
    prepare: async (platform) => {
      const releases = await startReleases();
      return {
        inputs: {
          credentials: toJson(await platform.mint()),
          'cnspec-version': '13.0.0',
          'updates-url': releases.url,
        },
        releases,
      };
    },
  },
  {
    name: 'cnspec-failed',
    description: 'The platform accepts the service account, but cnspec reports that it does not.',
    status: 'cnspec-failed',
    exitCode: 1,
    needsJob: true,
    prepare: async (platform) => {
      const releases = await startReleases({ conduct: { kind: 'unauthenticated' } });
      return {
        inputs: {
          credentials: toJson(await platform.mint()),
          'cnspec-version': 'latest',
          'updates-url': releases.url,
        },
        releases,
      };
    },
  },
  {
    name: 'fork',
    description: 'A pull request from a fork, which gets no secrets, passes unchecked.',
    status: 'skipped',
    exitCode: 0,
    needsJob: true,
    prepare: async () => ({
      inputs: { credentials: '', 'on-missing-credentials': 'skip' },
      job: FORK_PULL_REQUEST,
    }),
  },
];

/** The configuration that the Console shows for a space with this trust. */
export function workloadIdentity(
  endpoint: string,
  { issuer }: Pick<IdTokenService, 'issuer'>,
): Record<string, unknown> {
  return {
    type: 'external_account',
    universeDomain: endpoint,
    audience: SPACE,
    issuerUri: issuer,
    subjectTokenType: 'urn:ietf:params:oauth:token-type:jwt',
    scopes: ['//iam.api.mondoo.app/roles/agent'],
  };
}

export function findScenario(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name);
}

function toJson(credentials: object): string {
  return JSON.stringify(credentials, undefined, 2);
}
