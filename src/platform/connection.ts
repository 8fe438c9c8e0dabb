import { PlatformClient } from './client.ts';
import { Rpc, type RpcOptions } from './rpc.ts';
import { Transport, type TransportOptions } from './transport.ts';

export interface ConnectionOptions extends RpcOptions, TransportOptions {
  proxy: string | undefined;
}

/** A client of the platform that drops its connections when it is disposed of. */
export function connect(options: ConnectionOptions): PlatformClient & Disposable {
  const transport = new Transport(options);
  const client = new PlatformClient(new Rpc(transport, options));
  return Object.assign(client, { [Symbol.dispose]: () => transport.close() });
}
