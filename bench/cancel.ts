import { type Method, type Platform, startPlatform } from '../simulator/platform.ts';
import { formatTable, printSection } from '../simulator/presentation.ts';
import { createJob } from '../simulator/runner.ts';
import { until } from '../simulator/until.ts';
import { compareWithGoal } from './goal.ts';
import { type Candidate, mediansInTurn } from './in-turn.ts';

const RUNS = 15;

/** The allowed time after a cancellation, in milliseconds. */
const GOAL = { goal: 1000 };

/** Measures how long a cancelled step goes on if it waits for a response. */
export async function measureCancelling(): Promise<void> {
  const platform = await startPlatform();
  try {
    const credentials = JSON.stringify(await platform.mint());
    const candidates = [
      cancelled('waits for the ping', platform, 'AgentManager/PingPong', () => ({ credentials })),
      cancelled('registers with credentials', platform, 'AgentManager/RegisterAgent', () => ({
        credentials,
      })),
      cancelled('registers with a token', platform, 'AgentManager/RegisterAgent', async () => ({
        'registration-token': await platform.issueRegistrationToken(),
      })),
    ];
    const figures = await mediansInTurn(candidates, RUNS);
    const rows = candidates.map(({ name }, at) => {
      const figure = figures[at] ?? Number.NaN;
      return [name.padEnd(24), `${figure.toFixed(0)} ms`.padStart(7), compareWithGoal(figure, GOAL, 'ms')];
    });
    printSection('Cancelling: time until a step ends that', formatTable(rows));
  } finally {
    await platform.close();
  }
}

function cancelled(
  name: string,
  platform: Platform,
  method: Method,
  inputs: () => Record<string, string> | Promise<Record<string, string>>,
): Candidate {
  return {
    name,
    run: async () => {
      const job = await createJob();
      try {
        platform.fault(method, [{ kind: 'hang' }]);
        const before = platform.count(method);
        const cancel = new AbortController();
        const running = job.runMain({ inputs: await inputs(), cancel: cancel.signal });
        await until(() => platform.count(method) > before, running);
        const cancelledAt = performance.now();
        cancel.abort();
        const { log } = await running;
        if (!log.includes('the job was cancelled')) throw new Error(`The step was not cancelled:\n${log}`);
        return performance.now() - cancelledAt;
      } finally {
        await job.dispose();
      }
    },
  };
}
