import { expect } from 'vitest';
import type { Method, Platform } from '../../../simulator/platform.ts';
import type { Step } from '../../../simulator/runner.ts';

export const HEALTH = 'Health/Check';
export const PING = 'AgentManager/PingPong';
export const REGISTER = 'AgentManager/RegisterAgent';

/** How many requests of a method are right: exactly so many, or from so many to so many. */
export type Count = number | [atLeast: number, atMost: number];

/** How a scenario ends, and how much it asked of the platform for that. */
export interface Outcome {
  /** `ok`, or the only finding. */
  finding: string;
  /** What the person who reads the red run is told. */
  says?: RegExp;
  asked: { health: Count; ping: Count; register: Count };
  /** How many clients the platform has at the end: none or one, as more would be a registration too many. */
  clients: 0 | 1;
}

/** Expects that a step ended as it should, and by itself. */
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

/** The message of a last try that the deadline cut off, in place of what failed before it. */
export const CUT_OFF = /(no connection|connected, but no response|the response began but did not end) within/;

/** A pattern for what either of two says. */
export function either(...patterns: RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => `(?:${source})`).join('|'));
}
