import { expect } from 'vitest';
import type { Method, Platform } from '../../../simulator/platform.ts';
import type { Step } from '../../../simulator/runner.ts';

export const HEALTH = 'Health/Check';
export const PING = 'AgentManager/PingPong';
export const REGISTER = 'AgentManager/RegisterAgent';

/** The allowed number of requests of a method: exact, or a range. */
export type Count = number | [atLeast: number, atMost: number];

/** The result of a scenario, and its requests to the platform. */
export interface Outcome {
  /** `ok`, or the only finding. */
  finding: string;
  /** The message in the annotation. */
  says?: RegExp;
  asked: { health: Count; ping: Count; register: Count };
  /** The number of clients on the platform at the end: at most one, because more would be duplicates. */
  clients: 0 | 1;
}

/** Expects that a step ended with this result, and by itself. */
export function expectOutcome(
  step: Step,
  platform: Platform,
  { finding, says, asked, clients }: Outcome,
): void {
  const passes = finding === 'ok';
  expect(step.signal, 'the signal that ended the step').toBeNull();
  expect(step.exitCode, step.log).toBe(passes ? 0 : 1);
  expect(step.outputs, step.log).toMatchObject({ status: finding, findings: passes ? '' : finding });
  if (says) {
    expect(step.outputs.error).toMatch(says);
    expect(step.annotations.filter(({ level }) => level === 'error')).toEqual([
      expect.objectContaining({ message: expect.stringMatching(says) }),
    ]);
  }
  expectCount(platform, HEALTH, asked.health);
  expectCount(platform, PING, asked.ping);
  expectCount(platform, REGISTER, asked.register);
  expect(platform.clients, 'clients of the platform').toHaveLength(clients);
}

function expectCount(platform: Platform, method: Method, count: Count): void {
  const [atLeast, atMost] = typeof count === 'number' ? [count, count] : count;
  const found = platform.count(method);
  expect(found, `requests to ${method}`).toBeGreaterThanOrEqual(atLeast);
  expect(found, `requests to ${method}`).toBeLessThanOrEqual(atMost);
}

/** The message if the deadline ends the last attempt, in place of the earlier failure. */
export const CUT_OFF = /(no connection|connected, but no response|the response began but did not end) within/;

export function either(...patterns: RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => `(?:${source})`).join('|'));
}
