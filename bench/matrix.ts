import { keepBusy } from '../simulator/busy-space.ts';
import { startPlatform } from '../simulator/platform.ts';
import { formatTable, printSection } from '../simulator/presentation.ts';
import { createJob } from '../simulator/runner.ts';
import { decodeCredentials, parseJson } from '../src/credentials/decode.ts';
import { readServiceAccount } from '../src/credentials/service-account.ts';
import { agentInfo } from '../src/platform/agent-info.ts';
import { PlatformClient } from '../src/platform/client.ts';
import { Deadline } from '../src/platform/deadline.ts';
import { checkAccount } from '../src/platform/status-check.ts';
import { describeHost } from '../src/util/host.ts';
import { describeMachine } from './machine.ts';
import { median, percentile } from './statistics.ts';

/** The default of the input `timeout`, in milliseconds. */
const TIMEOUT = 120_000;

interface Ended {
  seconds: number;
  /** Undefined if it is registered. */
  failure: string | undefined;
}

/** Registers a client with this name, or rejects with the reason. */
type RegisterJob = (credentials: string, name: string) => Promise<void>;

/** Registers from many jobs at the same moment, in this process, with the action's own classes. */
export async function matrixInOneProcess(jobs: number): Promise<void> {
  console.log(
    `${jobs} jobs and the platform in one process, in real time, each with connections of its own. ${describeMachine()}`,
  );
  const host = await describeHost();
  await runMatrix(jobs, async (credentials, name) => {
    const document = parseJson(decodeCredentials(credentials));
    const { account } = readServiceAccount(document, { now: new Date() });
    const deadline = new Deadline(TIMEOUT);
    const route = { endpoint: account.apiEndpoint, proxy: undefined, deadline, onRetry: () => {} };
    using platform = new PlatformClient(route);
    const { ping } = await checkAccount(platform, account);
    if (ping !== 'accepted') throw ping;
    await platform.registerAgent(account, name, agentInfo(host, 'bench', {}));
  });
}

/** Registers from many jobs at the same moment, each a process of the built action. */
export async function matrixOfProcesses(jobs: number): Promise<void> {
  console.log(`${jobs} processes of the built action, in real time. ${describeMachine()}`);
  await runMatrix(jobs, async (credentials, name) => {
    const job = await createJob();
    try {
      const step = await job.runMain({ inputs: { credentials, name }, timeoutMs: TIMEOUT + 30_000 });
      if (step.exitCode !== 0) throw new Error(step.outputs.error ?? `exit code ${step.exitCode}`);
    } finally {
      await job.dispose();
    }
  });
}

async function runMatrix(jobs: number, register: RegisterJob): Promise<void> {
  const platform = await startPlatform();
  keepBusy(platform);
  try {
    const credentials = JSON.stringify(await platform.mint());
    const names = Array.from({ length: jobs }, (_, index) => `lunalectric/website/scan (${index + 1})`);
    const startedAt = performance.now();
    const ended = await Promise.all(
      names.map(async (name): Promise<Ended> => {
        const failure = await register(credentials, name).then(() => undefined, describe);
        return { seconds: (performance.now() - startedAt) / 1000, failure };
      }),
    );

    const sent = Map.groupBy(platform.requests, ({ method, body }) =>
      method === 'AgentManager/RegisterAgent' ? (JSON.parse(body).name as string) : method,
    );
    const attempts = names.map((name) => sent.get(name)?.length ?? 0);
    const registered = new Set(platform.clients.map(({ name }) => name));
    const failures = ended.filter(({ failure }) => failure !== undefined);
    printSection(
      'Distribution',
      formatTable([
        ['', 'min', 'median', 'p95', 'max'],
        ['attempts of RegisterAgent per job', ...spread(attempts, 0)],
        [
          'seconds until a job ended',
          ...spread(
            ended.map(({ seconds }) => seconds),
            1,
          ),
        ],
      ]),
    );
    printSection(
      'Outcome',
      formatTable([
        ['jobs', String(jobs)],
        ['failures', String(failures.length)],
        ['clients registered', String(registered.size)],
        ['duplicates', String(platform.clients.length - registered.size)],
        ['requests in all', describeRequests(platform.requests)],
      ]),
    );
    const reasons = Map.groupBy(failures, ({ failure }) => failure);
    if (reasons.size > 0) {
      printSection(
        'Why jobs failed',
        formatTable([...reasons].map(([why, of]) => [`${of.length}`, `${why}`])),
      );
    }
  } finally {
    await platform.close();
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function spread(values: readonly number[], digits: number): string[] {
  const figures = [Math.min(...values), median(values), percentile(values, 0.95), Math.max(...values)];
  return figures.map((figure) => figure.toFixed(digits));
}

/** Formats the number of requests by status: `768: 512 x 200, 256 x 409`. */
function describeRequests(requests: readonly { status: number | undefined }[]): string {
  const byStatus = Map.groupBy(requests, ({ status }) => status ?? 'no response');
  const parts = [...byStatus].map(([status, of]) => `${of.length} x ${status}`).sort();
  return `${requests.length}: ${parts.join(', ')}`;
}
