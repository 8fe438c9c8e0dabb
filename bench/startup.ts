import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createAuthority } from '../simulator/authority.ts';
import { type Platform, startPlatform } from '../simulator/platform.ts';
import { formatTable, printSection } from '../simulator/presentation.ts';
import type { Environment } from '../simulator/runner.ts';
import { createSandbox, removeSandbox } from '../simulator/sandbox.ts';
import { startSlowLink } from '../simulator/slow-link.ts';
import { compareWithGoal, type Goal } from './goal.ts';
import { figuresInTurn, mediansInTurn } from './in-turn.ts';
import { describeMachine, spreadWarning } from './machine.ts';
import { median } from './statistics.ts';
import { bareNode, peakMemory, type Subject, stepWithoutInputs, wholeStep } from './subjects.ts';

const RUNS = 15;
/** Delays of the slow link, in milliseconds. The others are compared with the first. */
const DELAYS = [0, 20, 100];

/** By the names of the subjects, as multiples of `node -e 0`. */
const TIME_GOALS: Record<string, Goal> = {
  'the step with no inputs': { goal: 2.6, limit: 3.0 },
  'the whole step': { goal: 3.5, limit: 4.2 },
};
const MEMORY_GOALS: Record<string, Goal> = { 'the whole step': { goal: 1.5, limit: 1.7 } };
/** Over TLS, at the longest delay. */
const ROUND_TRIPS: Goal = { goal: 4 };

/** Compares the step with a bare start of Node: time, peak memory, and number of round trips. */
export async function compareStartUp(): Promise<void> {
  console.log(`Medians of ${RUNS} runs in turn. ${describeMachine()}`);
  const folders = await createSandbox({}, false);
  const authority = await createAuthority();
  const caFile = path.join(folders.temp, 'authority.pem');
  await writeFile(caFile, authority.certificate);
  const trust = { NODE_EXTRA_CA_CERTS: caFile };
  const [plain, tls] = [await startPlatform(), await startPlatform({ tls: await authority.issue() })];
  try {
    await compareWithNode([
      bareNode,
      stepWithoutInputs,
      wholeStep(JSON.stringify(await plain.mint())),
      { ...wholeStep(JSON.stringify(await tls.mint()), trust), name: 'the whole step over TLS' },
    ]);
    const rows = [...(await delayRows('TCP', plain, trust)), ...(await delayRows('TLS', tls, trust))];
    printSection('Waiting: the whole step over a slow link', formatTable(rows));
  } finally {
    await Promise.all([plain.close(), tls.close()]);
    await removeSandbox(folders);
  }
}

/** @param subjects bare Node first */
async function compareWithNode(subjects: readonly Subject[]): Promise<void> {
  const times = await figuresInTurn(subjects, RUNS);
  printSection('Time', formatRatios(subjects, times.map(median), 'ms', TIME_GOALS));
  const warning = spreadWarning(times[0] ?? []);
  if (warning) console.log(`\n${warning}`);
  const memory = await mediansInTurn(
    subjects.map((subject) => ({ ...subject, run: () => peakMemory(subject) })),
    RUNS,
  );
  printSection('Peak memory', formatRatios(subjects, memory, 'MiB', MEMORY_GOALS));
}

function formatRatios(
  subjects: readonly Subject[],
  figures: readonly number[],
  unit: string,
  goals: Record<string, Goal>,
): string {
  const baseline = figures[0] ?? Number.NaN;
  return formatTable(
    subjects.map(({ name }, at) => {
      const figure = figures[at] ?? Number.NaN;
      const goal = goals[name];
      return [
        name,
        `${figure.toFixed(1)} ${unit}`.padStart(9),
        `${(figure / baseline).toFixed(2)} x`,
        ...(goal ? [compareWithGoal(figure / baseline, goal, 'x')] : []),
      ];
    }),
  );
}

/** Measures the additional time of the step for a longer round trip, as a number of round trips. */
async function delayRows(protocol: string, platform: Platform, env: Environment): Promise<string[][]> {
  const links = await Promise.all(DELAYS.map((ms) => startSlowLink(platform.endpoint, ms)));
  try {
    const subjects = await Promise.all(
      links.map(async ({ endpoint }) => wholeStep(JSON.stringify(await platform.mint({ endpoint })), env)),
    );
    const times = await mediansInTurn(subjects, RUNS);
    const [undelayed = Number.NaN] = times;
    return DELAYS.map((ms, at) => delayRow(protocol, ms, times[at] ?? Number.NaN, undelayed));
  } finally {
    await Promise.all(links.map((link) => link.close()));
  }
}

function delayRow(protocol: string, ms: number, time: number, undelayed: number): string[] {
  const row = [protocol, `${ms} ms`.padStart(6), `${time.toFixed(1)} ms`.padStart(9)];
  if (ms === 0) return row;
  const trips = (time - undelayed) / ms;
  const hasGoal = protocol === 'TLS' && ms === Math.max(...DELAYS);
  return [
    ...row,
    `${trips.toFixed(1)} round trips`,
    ...(hasGoal ? [compareWithGoal(trips, ROUND_TRIPS, '')] : []),
  ];
}
