import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createAuthority } from '../simulator/authority.ts';
import { type Platform, startPlatform } from '../simulator/platform.ts';
import { formatTable, printSection } from '../simulator/presentation.ts';
import type { Environment } from '../simulator/runner.ts';
import { createSandbox, removeSandbox } from '../simulator/sandbox.ts';
import { startSlowLink } from '../simulator/slow-link.ts';
import { verdictOn } from './goal.ts';
import { mediansInTurn } from './in-turn.ts';
import { describeMachine } from './machine.ts';
import { bareNode, peakMemory, type Subject, stepWithoutInputs, wholeStep } from './subjects.ts';

const RUNS = 15;
/** Round trips of the slow link, in milliseconds. The first is what the others are compared with. */
const DELAYS = [0, 20, 100];

const GOALS = {
  'the step with no inputs': { time: 3.0, memory: 1.8 },
  'the whole step': { time: 4.0, memory: 1.8 },
  roundTrips: { ms: 100, most: 5 },
};

/** Compares the step with a bare start of Node: time, peak memory, and how often it waits for the platform. */
export async function compareStartUp(): Promise<void> {
  console.log(`Medians of ${RUNS} runs in turn. ${describeMachine()}`);
  const platform = await startPlatform();
  try {
    const whole = wholeStep(JSON.stringify(await platform.mint()));
    const subjects = [bareNode, stepWithoutInputs, whole];
    const times = await mediansInTurn(subjects, RUNS);
    printSection('Time', formatRatios(subjects, times, 'ms', 'time'));
    const memory = await mediansInTurn(
      subjects.map((subject) => ({ ...subject, run: () => peakMemory(subject) })),
      RUNS,
    );
    printSection('Peak memory', formatRatios(subjects, memory, 'MiB', 'memory'));
  } finally {
    await platform.close();
  }
  await compareWaiting();
}

function formatRatios(
  subjects: readonly Subject[],
  figures: readonly number[],
  unit: string,
  goal: 'time' | 'memory',
): string {
  const baseline = figures[0] ?? Number.NaN;
  return formatTable(
    subjects.map(({ name }, at) => {
      const figure = figures[at] ?? Number.NaN;
      const most = name in GOALS ? GOALS[name as 'the whole step'][goal] : undefined;
      return [
        name.padEnd(24),
        `${figure.toFixed(1)} ${unit}`.padStart(9),
        `${(figure / baseline).toFixed(2)} x`,
        ...(most === undefined ? [] : [verdictOn(figure / baseline, most, 'x')]),
      ];
    }),
  );
}

/** How much longer the step takes when each round trip does, as a number of round trips. */
async function compareWaiting(): Promise<void> {
  const folders = await createSandbox({}, false);
  try {
    const authority = await createAuthority();
    const caFile = path.join(folders.temp, 'authority.pem');
    await writeFile(caFile, authority.certificate);
    const trust = { NODE_EXTRA_CA_CERTS: caFile };
    const rows = [
      ...(await waitingRows('TCP', await startPlatform(), trust)),
      ...(await waitingRows('TLS', await startPlatform({ tls: await authority.issue() }), trust)),
    ];
    printSection('Waiting: the whole step over a slow link', formatTable(rows));
  } finally {
    await removeSandbox(folders);
  }
}

/** @param platform is closed afterwards */
async function waitingRows(protocol: string, platform: Platform, env: Environment): Promise<string[][]> {
  const links = await Promise.all(DELAYS.map((ms) => startSlowLink(platform.endpoint, ms)));
  try {
    const subjects = await Promise.all(
      links.map(async ({ endpoint }) => wholeStep(JSON.stringify(await platform.mint({ endpoint })), env)),
    );
    const times = await mediansInTurn(subjects, RUNS);
    const [atOnce = Number.NaN] = times;
    return DELAYS.map((ms, at) => waitingRow(protocol, ms, times[at] ?? Number.NaN, atOnce));
  } finally {
    await Promise.all(links.map((link) => link.close()));
    await platform.close();
  }
}

function waitingRow(protocol: string, ms: number, time: number, atOnce: number): string[] {
  const row = [protocol, `${ms} ms`.padStart(6), `${time.toFixed(1)} ms`.padStart(9)];
  if (ms === 0) return row;
  const trips = (time - atOnce) / ms;
  const { roundTrips } = GOALS;
  const hasGoal = protocol === 'TLS' && ms === roundTrips.ms;
  return [
    ...row,
    `${trips.toFixed(1)} round trips`,
    ...(hasGoal ? [verdictOn(trips, roundTrips.most, '')] : []),
  ];
}
