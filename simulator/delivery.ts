import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './faults.ts';
import { errorResponse, type ResponseContent } from './response-content.ts';
import type { ResponseFormat } from './wire-format.ts';

export interface Exchange {
  act(): Promise<ResponseContent>;
  start(content: ResponseContent): ServerResponse;
  format: ResponseFormat;
  socket: Socket;
  /** Aborted when the server ends. */
  closing: AbortSignal;
}

/** Time for bytes on loopback to arrive before a reset, in milliseconds. */
const DELIVERY_TIME = 20;

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

/** Responds to a request, possibly with a fault. Throws if the server closes first. */
export async function deliver(
  { act, start, format, socket, closing }: Exchange,
  fault?: Fault,
): Promise<void> {
  const pause = (ms: number) => sleep(ms, undefined, { signal: closing });
  const send = (content: ResponseContent) => start(content).end(content.body);

  switch (fault?.kind) {
    case undefined:
      send(await act());
      return;
    case 'error': {
      const content = errorResponse(fault, format);
      send({ ...content, headers: { ...content.headers, ...fault.headers } });
      return;
    }
    case 'response':
      if (fault.acts) await act();
      send({
        status: fault.status,
        headers: fault.headers ?? {},
        body: Buffer.from(fault.body ?? ''),
        code: undefined,
      });
      return;
    case 'changed': {
      const content = await act();
      send({ ...content, body: format.writeValue(fault.change(format.readValue(content.body))) });
      return;
    }
    case 'delay': {
      await pause(fault.ms / 2);
      const content = await act();
      await pause(fault.ms / 2);
      send(content);
      return;
    }
    case 'held': {
      const early = fault.acts === 'before' ? await act() : undefined;
      await Promise.race([fault.until, aborted(closing)]);
      if (!closing.aborted) send(early ?? (await act()));
      return;
    }
    case 'hang':
      return;
    case 'reset':
      if (fault.when === 'after') await act();
      socket.resetAndDestroy();
      return;
    case 'half': {
      const content = await act();
      start(content).write(content.body.subarray(0, Math.ceil(content.body.length / 2)));
      if (fault.end === 'silence') return;
      await pause(DELIVERY_TIME);
      socket.resetAndDestroy();
      return;
    }
    case 'drip': {
      const content = await act();
      const response = start(content);
      for (const byte of content.body) {
        response.write(Buffer.of(byte));
        await pause(fault.ms);
      }
      response.end();
    }
  }
}
