import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { HttpError } from '../platform/transport-error.ts';
import { formatDuration } from '../util/duration.ts';
import { fetchFrom, type ReleasesHost, requireFile, unusable } from './releases.ts';
import { notInstalled } from './result.ts';

/** Several times the size of cnspec's archives, in bytes. */
const MAX_SIZE = 512 * 1024 * 1024;

/**
 * Downloads a file as a stream.
 * @param target the path of the new file
 * @param log gets a line at the end
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
  const { signal } = host.deadline;
  const hash = createHash('sha256');
  let received = 0;
  async function* hashed(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      received += chunk.length;
      if (received > MAX_SIZE) throw unusable(url, 'is larger than 512 MiB');
      hash.update(chunk);
      yield chunk;
    }
  }
  const explain = ({ message, phase }: HttpError) => {
    const reason = signal.aborted ? 'the time of the step was up' : message;
    return phase === 'body' ? `${reason} after ${formatSize(received)}` : reason;
  };
  try {
    await fetchFrom(url, host, { requestTimeout: 'none', explain }, (transport, request) =>
      transport.receive(request, signal, (head, body) => {
        requireFile(url, head);
        return pipeline(body, hashed, createWriteStream(target, { mode: 0o600 }));
      }),
    );
  } catch (error) {
    const { syscall, code } = error as NodeJS.ErrnoException;
    if (syscall !== 'open' && syscall !== 'write') throw error;
    throw notInstalled(
      `its archive could not be written to ${target} (${code}).`,
      'Make room on the disk of the machine.',
    );
  }
  const elapsed = formatDuration(Math.round((performance.now() - startedAt) / 10) * 10);
  log(`→ downloaded ${formatSize(received)} in ${elapsed}`);
  return hash.digest('hex');
}

function formatSize(bytes: number): string {
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
