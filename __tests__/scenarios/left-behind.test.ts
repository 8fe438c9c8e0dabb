import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { hasContainers } from '../../simulator/container.ts';
import { readRecord, withDiskRecord } from '../../simulator/disk.ts';
import { startIdTokenService } from '../../simulator/id-token-service.ts';
import { createLatch } from '../../simulator/latch.ts';
import type { Method } from '../../simulator/platform.ts';
import type { Job, Step } from '../../simulator/runner.ts';
import { SPACE, workloadIdentity } from '../../simulator/scenarios.ts';
import { until } from '../../simulator/until.ts';
import { releasesFor } from './cnspec/on-path.ts';
import { DRAWN, drawn } from './drawn.ts';
import { type FileHold, holdAtFileOperation, stateSoFar } from './held-step.ts';
import { type Stage, test } from './stage.ts';
import {
  AUTHENTICATION_METHODS,
  type AuthenticationMethod,
  inputsOf,
  putTheirs,
  usualSteps,
} from './usual-step.ts';

const CONTAINER = { container: true };

/** How many file operations of each method `npm test` draws. */
const SOME = 4;

const STEPS = hasContainers() ? await usualSteps(CONTAINER) : [];

/** The part of main's saved state that post gets. */
type SavedState = 'all of it' | 'nothing';

/** A moment at which main is held, or waits for a response. */
interface Hold extends Partial<FileHold> {
  inputs?: Record<string, string>;
  reached(): boolean;
}

/** Runs post while main is held: in a container job no signal of a cancellation reaches main. */
async function postBesideMain(
  stage: Stage,
  method: AuthenticationMethod,
  { hold, savedState = 'all of it' }: { hold: (job: Job) => Hold; savedState?: SavedState },
): Promise<{ main: Step; post: Step }> {
  const job = await stage.job(CONTAINER);
  const { home } = putTheirs(job);
  const { inputs: more = {}, env, reached, release } = hold(job);
  const record = path.join(job.folders.home, 'record');
  const inputs = { ...(await inputsOf(method, stage)), ...more };
  const running = job.runMain({ inputs, env: { ...withDiskRecord(record), ...env } });
  await until(reached, running);
  const state = savedState === 'nothing' ? {} : stateSoFar(job);
  const post = await job.runPost({ inputs: {}, state } as Step);
  const before = readRecord(record).length;
  release?.();
  const main = await running;
  // In any case, main must no longer move mondoo.yml into place.
  expect(readRecord(record).slice(before)).not.toContainEqual(expect.objectContaining({ name: 'rename' }));

  expect(main).toMatchObject({ exitCode: 1, signal: null });
  expect(main.annotations.at(-1)).toEqual({
    level: 'error',
    title: 'Problem on the runner',
    message: expect.stringContaining('went on to another step while this one was still running'),
  });
  expect(readdirSync(home)).toEqual(['other']);
  expect(main.annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
  return { main, post };
}

/** Holds the platform's response to main. */
function atRequest({ platform }: Stage, method: Method) {
  return (): Hold => {
    const { opened, open } = createLatch();
    platform.fault(method, [{ kind: 'held', until: opened, acts: 'before' }]);
    return { reached: () => platform.count(method) > 0, release: open };
  };
}

describe.for(STEPS)(
  `a step with $method leaves nothing if post runs before a file operation (${DRAWN})`,
  ({ method, operations }) => {
    // If post has the whole state, both methods behave the same.
    const savedStates: SavedState[] = method === 'credentials' ? ['nothing'] : ['all of it', 'nothing'];
    describe.concurrent.for(savedStates)('with the state that main saved so far: %s', (savedState) => {
      test.for(drawn(operations, SOME))('%s (%d)', async ([, at], { stage }) => {
        const { main } = await postBesideMain(stage, method, {
          hold: (job) => holdAtFileOperation(job, at),
          savedState,
        });
        expect(main.annotations).toHaveLength(1);
        if (method === 'registration-token') expect(stage.platform.clients).toEqual([]);
      });
    });
  },
);

describe
  .runIf(hasContainers())
  .concurrent('a step leaves nothing if post runs while main waits for a response', () => {
    test.for(AUTHENTICATION_METHODS)('to the ping, with %s', async (method, { stage }) => {
      const { post } = await postBesideMain(stage, method, {
        hold: atRequest(stage, 'AgentManager/PingPong'),
      });
      expect(post.annotations).toEqual([]);
    });

    test('to the registration: post warns of the client and main unregisters it', async ({ stage }) => {
      const hold = atRequest(stage, 'AgentManager/RegisterAgent');
      const { main, post } = await postBesideMain(stage, 'registration-token', { hold });
      expect(post.annotations).toEqual([
        {
          level: 'warning',
          message: expect.stringContaining('has a client named `lunalectric/website/scan`'),
        },
      ]);
      expect(main.log).toContain('→ unregistered the client');
    });

    test.for(AUTHENTICATION_METHODS)(
      'to the health check: main registers nothing afterwards, with %s',
      async (method, { stage }) => {
        await postBesideMain(stage, method, { hold: atRequest(stage, 'Health/Check') });
        expect(stage.platform.count('AgentManager/RegisterAgent')).toBe(0);
      },
    );

    test('to the ping, if the client cannot be unregistered and only main knows it', async ({ stage }) => {
      const { platform } = stage;
      platform.fault('AgentManager/UnRegisterAgent', { kind: 'error', code: 7, message: 'denied' });
      const hold = atRequest(stage, 'AgentManager/PingPong');
      const { main } = await postBesideMain(stage, 'registration-token', { hold, savedState: 'nothing' });
      expect(main.annotations[0]).toEqual({
        level: 'warning',
        message: expect.stringContaining(platform.clients[0]!.mrn),
      });
    });

    test('of GitHub: no service account is minted afterwards', async ({ stage }) => {
      const idTokens = stage.until(await startIdTokenService());
      const { issuer, publicKey, env } = idTokens;
      stage.platform.trust({ issuer, publicKey, audience: SPACE });
      const { opened, open } = createLatch();
      idTokens.fault({ kind: 'held', until: opened, acts: 'before' });
      const credentials = JSON.stringify(workloadIdentity(stage.platform.endpoint, idTokens));
      const asked = () => idTokens.requests.length > 0;
      await postBesideMain(stage, 'credentials', {
        hold: () => ({ inputs: { credentials }, env, reached: asked, release: open }),
      });
      expect(stage.platform.count('SecureTokenService/ExchangeExternalToken')).toBe(0);
    });

    test('of the releases host: cnspec is not on PATH for later steps', async ({ stage }) => {
      const releases = await releasesFor(stage);
      const { opened, open } = createLatch();
      releases.fault('archive', { kind: 'held', until: opened, acts: 'before' });
      const { main } = await postBesideMain(stage, 'credentials', {
        hold: () => ({
          inputs: { 'cnspec-version': '13.0.0', 'updates-url': releases.url },
          reached: () => releases.requests.some((request) => request.includes('.tar.gz')),
          release: open,
        }),
      });
      expect(main.path).toEqual([]);
    });
  });

test.skipIf(!hasContainers())('a step after other steps is not superseded', async ({ stage }) => {
  const job = await stage.job(CONTAINER);
  await job.runScript('');
  const inputs = await inputsOf('credentials', stage);
  const [first, second] = [await job.runMain({ inputs }), await job.runMain({ inputs })];
  expect([first, second].map(({ outputs }) => outputs.status)).toEqual(['ok', 'ok']);
  await job.runPost(second);
  await job.runPost(first);
});
