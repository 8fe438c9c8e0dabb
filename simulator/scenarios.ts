import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Platform } from './platform.ts';

/** A situation that a job can meet. */
export interface Scenario {
  name: string;
  /** One sentence. */
  description: string;
  /** The verdict that the action has to come to, its output `status`. */
  status: string;
  exitCode: 0 | 1;
  /** Brings a platform into the situation and tells the inputs of the step that meets it. */
  prepare(platform: Platform): Promise<{ credentials: string; [input: string]: string }>;
}

const HOUR = 3_600_000;

/** The situations, in the order in which they are worth trying. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'registered',
    description: 'The platform knows the service account and registers the client.',
    status: 'ok',
    exitCode: 0,
    prepare: async (platform) => ({ credentials: toJson(await platform.mint()) }),
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
      return { credentials: toJson(await platform.mint()) };
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
      return { credentials: toJson(credentials) };
    },
  },
  {
    name: 'permission-denied',
    description: 'The service account is a viewer, not an agent.',
    status: 'permission-denied',
    exitCode: 1,
    prepare: async (platform) => ({ credentials: toJson(await platform.mint({ role: 'viewer' })) }),
  },
  {
    name: 'clock-skew',
    description: "The platform's clock is three days ahead of the machine's.",
    status: 'clock-skew',
    exitCode: 1,
    prepare: async (platform) => {
      platform.clock.offsetMs = 72 * HOUR;
      return { credentials: toJson(await platform.mint()) };
    },
  },
  {
    name: 'not-serving',
    description: 'The platform answers, and says that it is not serving.',
    status: 'not-serving',
    exitCode: 1,
    prepare: async (platform) => {
      platform.health.status = 'NOT_SERVING';
      return { credentials: toJson(await platform.mint()) };
    },
  },
  {
    name: 'unreachable',
    description: 'Nothing listens where the credentials say the platform is.',
    status: 'unreachable',
    exitCode: 1,
    prepare: async (platform) => {
      const endpoint = `http://127.0.0.1:${await findClosedPort()}`;
      return { credentials: toJson(await platform.mint({ endpoint })), timeout: '3s' };
    },
  },
];

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
