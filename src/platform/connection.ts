import manifest from '../../package.json' with { type: 'json' };
import { PlatformClient } from './client.ts';
import type { Deadline } from './deadline.ts';
import type { Retry } from './retry.ts';
import { Rpc } from './rpc.ts';
import { Transport } from './transport.ts';

/** The version of this action. */
export const VERSION = manifest.version;

/** Who makes the requests, as `register-cnspec/<version> (<os>; <arch>)`. */
export const USER_AGENT = `register-cnspec/${VERSION} (${process.platform}; ${process.arch})`;

/** A platform, and the way there. */
export interface ConnectionOptions {
  /** Without a slash at its end. */
  endpoint: string;
  /** URL */
  proxy: string | undefined;
  deadline: Deadline;
  /** The limit of one attempt, in milliseconds; half a minute by default. */
  requestTimeout?: number;
  onRetry: (retry: Retry) => void;
}

/** A client of the platform that drops its connections when it is disposed of. */
export type Connection = PlatformClient & Disposable;

export function connect({ proxy, requestTimeout, ...options }: ConnectionOptions): Connection {
  const transport = new Transport({ proxy, requestTimeout });
  const client = new PlatformClient(new Rpc(transport, { ...options, userAgent: USER_AGENT }));
  return Object.assign(client, { [Symbol.dispose]: () => transport.close() });
}
