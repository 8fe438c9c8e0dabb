import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ActionError } from '../errors.ts';
import type { Deadline } from '../platform/deadline.ts';
import { Transport } from '../platform/transport.ts';
import { HttpError } from '../platform/transport-error.ts';
import { formatSize, type Progress } from './progress.ts';
import { describeStatus, REACHABLE_WITHIN, unreachable, unusable } from './releases.ts';

/** The largest archive that is taken, in bytes: some times the size of cnspec's. */
const LARGEST = 512 * 1024 * 1024;

/** How often progress is reported, in milliseconds. */
const REPORT_EVERY = 10_000;

/** A file to fetch, and the way there. */
export interface DownloadOptions {
  url: URL;
  /** Where it goes. */
  file: string;
  userAgent: string;
  /** URL */
  proxy: string | undefined;
  deadline: Deadline;
  /** Is called when the download is complete, and every now and then before that. */
  onProgress: (progress: Progress) => void;
}

/**
 * Downloads a file, without ever holding more than a piece of it in memory.
 * @returns the SHA-256 of what was written, in lower-case hex
 * @throws ActionError `cnspec-failed`
 */
export async function download(options: DownloadOptions): Promise<string> {
  const { url, file, userAgent, proxy, deadline, onProgress } = options;
  const startedAt = performance.now();
  const progress: Progress = { received: 0, total: undefined, elapsed: 0, complete: false };
  const report = (complete: boolean) =>
    onProgress({ ...progress, elapsed: performance.now() - startedAt, complete });
  const transport = new Transport({
    signal: deadline.signal,
    proxy,
    connectTimeout: REACHABLE_WITHIN,
    requestTimeout: 'none',
  });
  let reporting: NodeJS.Timeout | undefined;
  try {
    return await transport.receive(
      { method: 'GET', url, headers: { 'user-agent': userAgent } },
      async ({ status, headers }, body) => {
        if (status !== 200) throw unusable(url, describeStatus({ status }));
        progress.total = sizeIn(headers['content-length']);
        reporting = setInterval(() => report(false), REPORT_EVERY);
        const hash = createHash('sha256');
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
        report(true);
        return hash.digest('hex');
      },
    );
  } catch (error) {
    throw explain(error, options, progress.received);
  } finally {
    clearInterval(reporting);
    transport.close();
  }
}

function explain(error: unknown, { url, file, deadline }: DownloadOptions, received: number): unknown {
  if (error instanceof HttpError) {
    const got = error.phase === 'body' ? ` after ${formatSize(received)}` : '';
    return unreachable(url, (deadline.signal.aborted ? 'the time of the step was up' : error.message) + got);
  }
  const { syscall, code } = error as NodeJS.ErrnoException;
  if (syscall !== 'open' && syscall !== 'write') return error;
  return new ActionError(
    'cnspec-failed',
    `cnspec could not be installed: its archive could not be written to ${file} (${code}).`,
    'Make room on the disk of the machine.',
  );
}

function sizeIn(length = ''): number | undefined {
  return /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}
