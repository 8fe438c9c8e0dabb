import type { OutgoingHttpHeaders } from 'node:http';

export type Fault =
  | { kind: 'error'; code: number; message: string; headers?: OutgoingHttpHeaders }
  /** The response of a proxy, load balancer or firewall. With `acts`, the platform performs the request first. */
  | {
      kind: 'response';
      status: number;
      headers?: OutgoingHttpHeaders;
      body?: string | Uint8Array;
      acts?: boolean;
    }
  /** The platform performs the request and sends a changed response. */
  | { kind: 'changed'; change(value: unknown): unknown }
  /** Half of the delay comes before the platform acts, half after. */
  | { kind: 'delay'; ms: number }
  /** The platform acts before or after the wait, and responds after it. */
  | { kind: 'held'; until: Promise<unknown>; acts: 'before' | 'after' }
  | { kind: 'hang' }
  /** The connection is reset before or after the platform has performed the request. */
  | { kind: 'reset'; when: 'before' | 'after' }
  /** Half of the response body, then silence or a reset. */
  | { kind: 'half'; end: 'silence' | 'reset' }
  /** The response body, one byte at a time. */
  | { kind: 'drip'; ms: number };

export type FaultSource = () => Fault | undefined;

export class FaultPlan<Method extends string> {
  private readonly planned = new Map<string, Iterator<Fault | undefined>>();

  /** Replaces the planned faults of a method. A list is used up; a single fault repeats `times`, or forever. */
  plan(method: Method, fault: Fault | Fault[] | FaultSource, times = Number.POSITIVE_INFINITY): void {
    if (typeof fault === 'function') this.planned.set(method, ask(fault));
    else this.planned.set(method, Array.isArray(fault) ? [...fault].values() : repeat(fault, times));
  }

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
