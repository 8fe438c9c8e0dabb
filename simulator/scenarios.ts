import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { FORK_PULL_REQUEST } from './events.ts';
import { type IdTokenService, startIdTokenService } from './id-token-service.ts';
import type { Platform } from './platform.ts';
import { type ReleasesHost, startReleases } from './releases.ts';
import type { JobOptions } from './runner.ts';

/** A situation that a job can meet. */
export interface Scenario {
  name: string;
  /** One sentence. */
  description: string;
  /** The verdict that the action has to come to, its output `status`. */
  status: string;
  exitCode: 0 | 1;
  /** Whether it is about more than a credentials file, so that it takes a whole job to meet it. */
  needsJob?: true;
  /** Brings a platform into the situation, and tells what the step that meets it has. */
  prepare(platform: Platform): Promise<Situation>;
}

/** What a step has. */
export interface Situation {
  inputs: Record<string, string>;
  /** The job that it belongs to; one that a push set off when it is left out. */
  job?: Pick<JobOptions, 'env' | 'event' | 'eventName' | 'files'>;
  /** What the job gets ID tokens from. */
  idTokens?: IdTokenService;
  /** What cnspec is installed from. */
  releases?: ReleasesHost;
}

const HOUR = 3_600_000;

/** The space that workload identities are for. */
export const SPACE = '//captain.api.mondoo.app/spaces/lunalectric-website';

/** The situations, in the order in which they are worth trying. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'registered',
    description: 'The platform knows the service account and registers the client.',
    status: 'ok',
    exitCode: 0,
    prepare: async (platform) => ({ inputs: { credentials: toJson(await platform.mint()) } }),
  },
  {
    name: 'unregistered',
    description: 'The credentials are good, but the platform refuses to register another client.',
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
    description: "The platform's clock is three days ahead of the machine's.",
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
      'The clock of the platform is 45 seconds ahead, and it accepts the service account all the same.',
    status: 'clock-skew',
    exitCode: 1,
    prepare: async (platform) => {
      platform.clock.offsetMs = 45_000;
      return { inputs: { credentials: toJson(await platform.mint()) } };
    },
  },
  {
    name: 'not-serving',
    description: 'The platform answers, and says that it is not serving.',
    status: 'not-serving',
    exitCode: 1,
    prepare: async (platform) => {
      platform.health.status = 'NOT_SERVING';
      return { inputs: { credentials: toJson(await platform.mint()) } };
    },
  },
  {
    name: 'unreachable',
    description: 'Nothing listens where the credentials say the platform is.',
    status: 'unreachable',
    exitCode: 1,
    prepare: async (platform) => {
      const endpoint = `http://127.0.0.1:${await findClosedPort()}`;
      return { inputs: { credentials: toJson(await platform.mint({ endpoint })), timeout: '3s' } };
    },
  },
  {
    name: 'missing-credentials',
    description: 'The secret is not set, or has another name.',
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
    description: 'A word in fail-on is misspelt.',
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
    description: 'The platform knows the service account, and no client is wanted.',
    status: 'ok',
    exitCode: 0,
    prepare: async (platform) => ({
      inputs: { credentials: toJson(await platform.mint()), register: 'false' },
    }),
  },
  {
    name: 'keyless',
    description:
      'GitHub vouches for the run, and the platform exchanges that for a service account: there is no secret.',
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
    description: 'A registration token makes a client for this job alone, which is gone after it.',
    status: 'ok',
    exitCode: 0,
    needsJob: true,
    prepare: async (platform) => ({
      inputs: { 'registration-token': await platform.issueRegistrationToken() },
    }),
  },
  {
    name: 'cnspec',
    description: 'cnspec is installed from a mirror, and agrees; the one here is a stand-in.',
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
    description: 'The platform accepts the account, and the cnspec that was installed says that it does not.',
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
    description: "A pull request from somebody's fork, to which GitHub gives no secrets, may pass unchecked.",
    status: 'skipped',
    exitCode: 0,
    needsJob: true,
    prepare: async () => ({
      inputs: { credentials: '', 'on-missing-credentials': 'skip' },
      job: FORK_PULL_REQUEST,
    }),
  },
];

/** Makes the workload identity that the Console would show for a space that trusts an issuer. */
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

/** Finds a scenario by its name. */
export function findScenario(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name);
}

function toJson(credentials: object): string {
  return JSON.stringify(credentials, undefined, 2);
}

/** A port of the loopback interface that was free a moment ago. */
async function findClosedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
