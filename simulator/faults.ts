import type { OutgoingHttpHeaders } from 'node:http';

/** One way in which an answer goes wrong. */
export type Fault =
  /** The platform answers with an error, in place of doing what it was asked. */
  | { kind: 'error'; code: number; message: string; headers?: OutgoingHttpHeaders }
  /**
   * Something answers that is not the platform: a proxy, a load balancer, a firewall.
   * With `acts` the platform has done what it was asked all the same.
   */
  | {
      kind: 'answer';
      status: number;
      headers?: OutgoingHttpHeaders;
      body?: string | Uint8Array;
      acts?: boolean;
    }
  /** The platform does what it was asked, and its answer says something else. */
  | { kind: 'changed'; change(value: unknown): unknown }
  /** The way is long: half of the milliseconds before the platform acts, half after. */
  | { kind: 'delay'; ms: number }
  /** The platform acts at once or after the wait, and answers after it. */
  | { kind: 'held'; until: Promise<unknown>; acts: 'before' | 'after' }
  /** The request is accepted and never answered. */
  | { kind: 'hang' }
  /** The connection is reset, before or after the platform has done what it was asked. */
  | { kind: 'reset'; when: 'before' | 'after' }
  /** Half of the true answer's body comes, then nothing more, or the connection is reset. */
  | { kind: 'half'; end: 'silence' | 'reset' }
  /** The true answer's body comes one byte at a time, with so many milliseconds between them. */
  | { kind: 'drip'; ms: number };

/** Decides for each request whether it meets a fault, and which. */
export type FaultSource = () => Fault | undefined;

/** The faults that are waiting for requests, by what is asked for. */
export class FaultPlan<Method extends string> {
  private readonly planned = new Map<string, Iterator<Fault | undefined>>();

  /**
   * Plans faults for a method, in place of any that were planned for it before.
   * A list is used up one by one, and an empty one makes the method well again.
   * @param times how many requests meet a single fault; all of them when it is left out
   */
  plan(method: Method, fault: Fault | Fault[] | FaultSource, times = Number.POSITIVE_INFINITY): void {
    if (typeof fault === 'function') this.planned.set(method, ask(fault));
    else this.planned.set(method, Array.isArray(fault) ? [...fault].values() : repeat(fault, times));
  }

  /** Takes the fault that the next request to a method meets, if any. */
  next(method: string): Fault | undefined {
    return this.planned.get(method)?.next().value;
  }
}

function* repeat(fault: Fault, times: number): Generator<Fault, undefined> {
  for (let time = 0; time < times; time++) yield fault;
}

function* ask(source: FaultSource): Generator<Fault | undefined, undefined> {
  for (;;) yield source();
}
