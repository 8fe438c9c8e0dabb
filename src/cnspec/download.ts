import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { HttpError } from '../platform/transport-error.ts';
import { formatDuration } from '../util/duration.ts';
import { openTransport, type ReleasesHost, requestFor, requireFile, unreachable, unusable } from './releases.ts';
import { notInstalled } from './result.ts';

/** Several times the size of cnspec's archives, in bytes. */
const MAX_SIZE = 512 * 1024 * 1024;

/** Milliseconds. */
const LOG_INTERVAL = 10_000;

/**
 * Downloads a file as a stream.
 * @param target the path of the new file
 * @param log gets lines about the progress
 * @returns the SHA-256 of the file in lower-case hex
 * @throws ActionError `cnspec-failed`
 */
export async function download(
  url: URL,
  target: string,
  host: ReleasesHost,
  log: (line: string) => void,
): Promise<string> {
  const startedAt = performance.now();
  let received = 0;
  let logging: NodeJS.Timeout | undefined;
  const elapsed = () => formatDuration(Math.round((performance.now() - startedAt) / 10) * 10);
  const transport = openTransport(host, 'none');
  try {
    return await transport.receive(requestFor(url, host), host.deadline.signal, async (head, body) => {
      requireFile(url, head);
      const total = sizeIn(head.headers['content-length']);
      const of = total === undefined ? '' : ` of ${formatSize(total)}`;
      logging = setInterval(
        () => log(`→ still downloading: ${formatSize(received)}${of} in ${elapsed()}`),
        LOG_INTERVAL,
      );
      const hash = createHash('sha256');
      await pipeline(
        body,
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            received += chunk.length;
            if (received > MAX_SIZE) throw unusable(url, 'is larger than 512 MiB');
            hash.update(chunk);
            yield chunk;
          }
        },
        createWriteStream(target, { mode: 0o600, flags: 'w' }),
      );
      log(`→ downloaded ${formatSize(received)} in ${elapsed()}`);
      return hash.digest('hex');
    });
  } catch (error) {
    if (error instanceof HttpError) {
      const reason = host.deadline.signal.aborted ? 'the time of the step was up' : error.message;
      throw unreachable(url, error.phase === 'body' ? `${reason} after ${formatSize(received)}` : reason);
    }
    const { syscall, code } = error as NodeJS.ErrnoException;
    if (syscall !== 'open' && syscall !== 'write') throw error;
    throw notInstalled(
      `its archive could not be written to ${target} (${code}).`,
      'Make room on the disk of the machine.',
    );
  } finally {
    clearInterval(logging);
    transport.close();
  }
}

function sizeIn(length = ''): number | undefined {
  return /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

function formatSize(bytes: number): string {
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
