import manifest from '../../package.json' with { type: 'json' };
import { PlatformClient } from './client.ts';
import type { Deadline } from './deadline.ts';
import type { Retry } from './retry.ts';
import { Rpc } from './rpc.ts';
import { Transport } from './transport.ts';

/** Who makes the requests, as `register-cnspec/<version> (<os>; <arch>)`. */
export const USER_AGENT = `register-cnspec/${manifest.version} (${process.platform}; ${process.arch})`;

/** A platform, and the way there. */
export interface ConnectionOptions {
  /** Without a slash at its end. */
  endpoint: string;
  /** URL */
  proxy: string | undefined;
  deadline: Deadline;
  /** The longest that one try may take, in milliseconds; half a minute when it is left out. */
  requestTimeout?: number;
  onRetry: (retry: Retry) => void;
}

/** Lends a client of the platform for the length of some work, and drops every connection when that ends. */
export async function connected<T>(
  { endpoint, proxy, deadline, requestTimeout, onRetry }: ConnectionOptions,
  work: (platform: PlatformClient) => Promise<T>,
): Promise<T> {
  const transport = new Transport({ signal: deadline.signal, proxy, requestTimeout });
  try {
    return await work(
      new PlatformClient(new Rpc(transport, { endpoint, userAgent: USER_AGENT, deadline, onRetry })),
    );
  } finally {
    transport.close();
  }
}
