import { formatDuration } from '../values/duration.ts';

/** How far a download has come. */
export interface Progress {
  /** Bytes. */
  received: number;
  /** Bytes; nothing where the server did not say. */
  total: number | undefined;
  /** Milliseconds. */
  elapsed: number;
  complete: boolean;
}

/** Says how far a download has come: `12.3 of 66.1 MiB in 4.2s`. */
export function describeProgress({ received, total, elapsed, complete }: Progress): string {
  const size =
    complete || total === undefined
      ? formatSize(received)
      : `${formatSize(received)} of ${formatSize(total)}`;
  return `${size} in ${formatDuration(Math.round(elapsed / 10) * 10)}`;
}

/** Writes a number of bytes as `12.3 MiB`. */
export function formatSize(bytes: number): string {
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
