import manifest from '../../package.json' with { type: 'json' };
import { PlatformClient } from './client.ts';
import { Rpc, type RpcOptions } from './rpc.ts';
import { Transport, type TransportOptions } from './transport.ts';

export const VERSION = manifest.version;

export const USER_AGENT = `register-cnspec/${VERSION} (${process.platform}; ${process.arch})`;

export interface ConnectionOptions extends Omit<RpcOptions, 'userAgent'>, TransportOptions {
  proxy: string | undefined;
}

/** A client of the platform that drops its connections when it is disposed of. */
export function connect(options: ConnectionOptions): PlatformClient & Disposable {
  const transport = new Transport(options);
  const client = new PlatformClient(new Rpc(transport, { ...options, userAgent: USER_AGENT }));
  return Object.assign(client, { [Symbol.dispose]: () => transport.close() });
}
