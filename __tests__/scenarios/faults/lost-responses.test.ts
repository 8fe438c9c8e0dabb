import { describe, expect } from 'vitest';
import type { Fault } from '../../../simulator/platform.ts';
import { RpcCode } from '../../../src/platform/call-error.ts';
import { test } from '../stage.ts';
import { expectOutcome, REGISTER } from './outcome.ts';

const respondWith = (status: number, body = '<html></html>', acts = false): Fault => ({
  kind: 'response',
  status,
  body,
  acts,
});
const never = new Promise<never>(() => {});
const error = (code: number): Fault => ({ kind: 'error', code, message: 'lost sight of it' });

/** A registration that may have taken effect, as far as the step can know. */
interface Lost {
  what: string;
  fault: Fault;
  finding: 'unregistered' | 'unreachable';
  says: RegExp;
  /** The clients that really exist. */
  clients: 0 | 1;
}

const LOST: Lost[] = [
  {
    what: 'is reset before it was handled',
    fault: { kind: 'reset', when: 'before' },
    finding: 'unregistered',
    says: /was lost before a response arrived/,
    clients: 0,
  },
  {
    what: 'is reset after it was handled',
    fault: { kind: 'reset', when: 'after' },
    finding: 'unregistered',
    says: /was lost before a response arrived/,
    clients: 1,
  },
  {
    what: 'is reset in the middle of the response',
    fault: { kind: 'half', end: 'reset' },
    finding: 'unregistered',
    says: /was lost in the middle of the response/,
    clients: 1,
  },
  {
    what: 'gets only a part of the response',
    fault: { kind: 'half', end: 'silence' },
    finding: 'unregistered',
    says: /the response began but did not end within/,
    clients: 1,
  },
  {
    what: 'is accepted and never handled',
    fault: { kind: 'hang' },
    finding: 'unregistered',
    says: /connected, but no response within/,
    clients: 0,
  },
  {
    what: 'is handled, and the response comes too late',
    fault: { kind: 'held', until: never, acts: 'before' },
    finding: 'unregistered',
    says: /connected, but no response within/,
    clients: 1,
  },
  {
    what: 'gets 502',
    fault: respondWith(502, '<html></html>', true),
    finding: 'unreachable',
    says: /HTTP status 502/,
    clients: 1,
  },
  {
    what: 'gets 504',
    fault: respondWith(504, '<html></html>', true),
    finding: 'unreachable',
    says: /HTTP status 504/,
    clients: 1,
  },
  {
    what: 'gets Unavailable',
    fault: error(RpcCode.Unavailable),
    finding: 'unreachable',
    says: /code = Unavailable/,
    clients: 0,
  },
  {
    what: 'gets DeadlineExceeded',
    fault: error(RpcCode.DeadlineExceeded),
    finding: 'unreachable',
    says: /code = DeadlineExceeded/,
    clients: 0,
  },
  {
    what: 'gets a response without agent_mrn',
    fault: respondWith(200, '{}', true),
    finding: 'unregistered',
    says: /does not name the client that was registered/,
    clients: 1,
  },
  {
    what: 'gets a web page',
    fault: respondWith(200, '<html>welcome</html>', true),
    finding: 'unregistered',
    says: /is a web page/,
    clients: 1,
  },
];

describe.concurrent.each(LOST)('a registration that $what', ({ fault, finding, says, clients }) => {
  test('is not repeated, and the message names the client to look for', async ({ stage }) => {
    stage.platform.fault(REGISTER, fault);
    // Only a platform that hangs uses up the timeout.
    const step = await stage.run({ name: 'nightly scan', timeout: '6s' });
    expectOutcome(step, stage.platform, {
      finding,
      says,
      asked: { health: 1, ping: 1, register: 1 },
      clients,
    });
    expect(step.outputs.error).toContain('A client named `nightly scan` may exist');
    expect(step.outputs.error).toContain('in the Mondoo Console');
    expect(step.log).not.toContain('follows in');
    expect(step.outputs).toMatchObject({ authenticated: 'true', registered: 'false' });
    expect(step.outputs['client-mrn']).toBeUndefined();
    expect(step.outputs['config-path']).toBeUndefined();
  });
});
