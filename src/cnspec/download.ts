import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import { ActionError } from '../errors.ts';
import type { Phase } from '../platform/call-error.ts';
import type { Deadline } from '../platform/deadline.ts';
import { openDispatcher } from '../platform/dispatcher.ts';
import { describeFailure, isUnknownIssuer } from '../platform/http-failure.ts';
import { formatDuration } from '../values/duration.ts';
import { formatSize, type Progress } from './progress.ts';
import { describeStatus, REACHABLE_WITHIN, unreachable, unusable } from './releases.ts';

/** The largest archive that is taken, in bytes: some times the size of cnspec's. */
const LARGEST = 512 * 1024 * 1024;

/** How often is told how far a download has come, in milliseconds. */
const TELL_EVERY = 10_000;

/** A file to fetch, and the way there. */
export interface DownloadOptions {
  url: URL;
  /** Where it goes. */
  file: string;
  userAgent: string;
  /** URL */
  proxy: string | undefined;
  deadline: Deadline;
  /** Is told when it has ended, and every now and then before that. */
  onProgress: (progress: Progress) => void;
}

/**
 * Downloads a file, without ever holding more than a piece of it in memory.
 * @returns the SHA-256 of what was written, in lower-case hex
 * @throws ActionError `cnspec-failed`
 */
export async function download(options: DownloadOptions): Promise<string> {
  try {
    return await fetchFile(options, false);
  } catch (error) {
    if (!isUnknownIssuer((error as NodeJS.ErrnoException).code ?? '')) throw explain(error, options);
  }
  // The system's store takes long to read, so it is asked only about an issuer that Node does not know.
  try {
    return await fetchFile(options, true);
  } catch (error) {
    throw explain(error, options);
  }
}

async function fetchFile(
  { url, file, userAgent, proxy, deadline, onProgress }: DownloadOptions,
  trustSystem: boolean,
): Promise<string> {
  const startedAt = performance.now();
  const unreached = new AbortController();
  const connecting = setTimeout(() => unreached.abort(new Unreached()), REACHABLE_WITHIN);
  // The size is counted below: the dispatcher would speak of an answer of the platform.
  const dispatcher = openDispatcher({ proxy, trustSystem, maxAnswerBytes: -1 });
  try {
    const stop = AbortSignal.any([deadline.signal, unreached.signal]);
    const answer = request.call(
      telling(dispatcher, () => clearTimeout(connecting)),
      {
        origin: url.origin,
        path: url.pathname,
        method: 'GET',
        headers: { 'user-agent': userAgent },
        signal: stop,
      },
    );
    const { statusCode, headers, body } = await Promise.race([answer, aborted(stop)]);
    if (statusCode !== 200) {
      body.on('error', () => {}).destroy();
      throw unusable(url, describeStatus({ status: statusCode }));
    }
    const hash = createHash('sha256');
    const progress: Progress = { received: 0, total: sizeIn(headers), elapsed: 0, complete: false };
    const tell = (complete: boolean) =>
      onProgress({ ...progress, elapsed: performance.now() - startedAt, complete });
    const speaking = setInterval(() => tell(false), TELL_EVERY);
    try {
      await pipeline(
        body,
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            progress.received += chunk.length;
            if (progress.received > LARGEST) throw unusable(url, 'is larger than 512 MiB');
            hash.update(chunk);
            yield chunk;
          }
        },
        createWriteStream(file, { mode: 0o600, flags: 'w' }),
      );
    } catch (error) {
      throw error instanceof ActionError ? error : new CutOff(error as Error, progress.received);
    } finally {
      clearInterval(speaking);
    }
    tell(true);
    return hash.digest('hex');
  } finally {
    clearTimeout(connecting);
    await dispatcher.destroy();
  }
}

/** Tells when a connection stands and the request is about to be written: what a proxy takes counts as well. */
function telling(dispatcher: Dispatcher, onConnected: () => void): Pick<Dispatcher, 'dispatch'> {
  return {
    dispatch(options, handler) {
      const onConnect = handler.onConnect?.bind(handler);
      handler.onConnect = (...args) => {
        onConnected();
        onConnect?.(...args);
      };
      return dispatcher.dispatch(options, handler);
    },
  };
}

/** Fails when a signal says so: undici listens to it only once a connection stands. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Nobody accepted a connection in time. */
class Unreached extends Error {}

/** A download that ended in the middle. */
class CutOff extends Error {
  readonly received: number;

  constructor(cause: Error, received: number) {
    super('cut off', { cause });
    this.received = received;
  }
}

function explain(error: unknown, { url, file, proxy, deadline }: DownloadOptions): unknown {
  if (error instanceof ActionError) return error;
  const phase: Phase = error instanceof CutOff ? 'body' : 'connect';
  const cause = (error instanceof CutOff ? error.cause : error) as NodeJS.ErrnoException;
  const got = error instanceof CutOff ? ` after ${formatSize(error.received)}` : '';
  if (deadline.signal.aborted) return unreachable(url, `the time of the step was up${got}`);
  if (error instanceof Unreached) {
    return unreachable(url, `no connection within ${formatDuration(REACHABLE_WITHIN)}`);
  }
  // Of the file rather than the network.
  if (cause.syscall === 'open' || cause.syscall === 'write') {
    return new ActionError(
      'cnspec-failed',
      `cnspec could not be installed: its archive could not be written to ${file} (${cause.code}).`,
      'Make room on the disk of the machine.',
    );
  }
  return unreachable(url, describeFailure(cause, phase, { url, proxy }) + got);
}

function sizeIn(headers: Dispatcher.ResponseData['headers']): number | undefined {
  const length = String(headers['content-length'] ?? '');
  return /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}
