import { expect, it } from 'vitest';
import { openRpc, startServer } from './loopback-server.ts';

it('does not try again what would end the same way: an answer that is too large', async () => {
  const server = await startServer((_, response) => {
    response.on('error', () => {});
    response.end(Buffer.alloc(1024 * 1024 + 1, 'x'));
  });
  const rpc = openRpc(server.endpoint, 3000);
  await expect(rpc.call('Health/Check', '{}')).rejects.toMatchObject({ failure: { permanent: true } });
  expect(server.received).toHaveLength(1);
});
