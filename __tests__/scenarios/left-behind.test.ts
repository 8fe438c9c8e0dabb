import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { parseCommandFile } from '../../simulator/command-files.ts';
import { withDiskEvent } from '../../simulator/disk.ts';
import type { Method } from '../../simulator/platform.ts';
import type { Job, Step, StepOptions } from '../../simulator/runner.ts';
import { type Stage, test } from './stage.ts';
import { inputsOf, putTheirs, usualSteps, WAYS, type Way } from './usual-step.ts';

const STEPS = await usualSteps();

/** What post is told of what main has saved. */
type Told = 'all of it' | 'nothing';

/** A moment at which main stands still, or waits for an answer. */
interface Hold {
  options?: Pick<StepOptions, 'env'>;
  reached(): boolean;
  release?(): void;
}

/** Runs post while main is held: a job in a container is cancelled like that, as no signal reaches main. */
async function postBesideMain(
  stage: Stage,
  way: Way,
  { hold, told = 'all of it' }: { hold: (job: Job) => Hold; told?: Told },
): Promise<{ main: Step; post: Step }> {
  const job = await stage.job();
  const { home } = putTheirs(job);
  const { options, reached, release } = hold(job);
  const running = job.runMain({ inputs: await inputsOf(way, stage), ...options });
  while (!reached()) await sleep(5);
  const state = told === 'nothing' ? {} : stateSoFar(job);
  const post = await job.runPost({ inputs: {}, state } as Step);
  release?.();
  const main = await running;

  expect(main).toMatchObject({ exitCode: 1, signal: null });
  expect(main.annotations.at(-1)).toEqual({
    level: 'error',
    title: 'The outcome could not be told',
    message: expect.stringContaining('The runner has gone on to another step'),
  });
  expect(readdirSync(home)).toEqual(['other']);
  if (way === 'registration-token') expect(stage.platform.clients).toEqual([]);
  return { main, post };
}

/** Reads what a step that is still running has saved for its post step. */
function stateSoFar({ folders }: Job): Record<string, string> {
  const [file = ''] = readdirSync(folders.commandFiles).filter((name) => name.startsWith('save_state'));
  return parseCommandFile(readFileSync(path.join(folders.commandFiles, file), 'utf8'));
}

/** Holds main before one of its file operations. */
function atFileOperation(at: number) {
  return ({ folders }: Job): Hold => {
    const gate = path.join(folders.home, 'gate');
    return {
      options: { env: withDiskEvent({ at, event: 'wait', gate }) },
      reached: () => existsSync(`${gate}.reached`),
      release: () => writeFileSync(gate, ''),
    };
  };
}

/** Lets the platform take its time to answer main. */
function atRequest({ platform }: Stage, method: Method) {
  return (): Hold => {
    platform.fault(method, [{ kind: 'delay', ms: 2000 }]);
    return { reached: () => platform.count(method) > 0 };
  };
}

describe.for(STEPS)('a step with $way leaves nothing where post comes before', ({ way, operations }) => {
  describe.concurrent.for<Told>(['all of it', 'nothing'])('and knows of what main has saved %s', (told) => {
    test.for(operations)('%s (%d)', async ([, at], { stage }) => {
      await postBesideMain(stage, way, { hold: atFileOperation(at), told });
    });
  });
});

describe.concurrent('a step leaves nothing where post comes while it waits for an answer', () => {
  test.for(WAYS)('to the ping, with %s', async (way, { stage }) => {
    const { post } = await postBesideMain(stage, way, { hold: atRequest(stage, 'AgentManager/PingPong') });
    expect(post.annotations).toEqual([]);
  });

  test('to the registration, which post warns of and main takes back', async ({ stage }) => {
    const hold = atRequest(stage, 'AgentManager/RegisterAgent');
    const { main, post } = await postBesideMain(stage, 'registration-token', { hold });
    expect(post.annotations).toEqual([
      { level: 'warning', message: expect.stringContaining('has a client named "lunalectric/website/scan"') },
    ]);
    expect(main.log).toContain('→ unregistered the client');
  });

  test('and begins no registration by a token after it', async ({ stage }) => {
    const hold = atRequest(stage, 'Health/Check');
    await postBesideMain(stage, 'registration-token', { hold });
    expect(stage.platform.count('AgentManager/RegisterAgent')).toBe(0);
  });
});
