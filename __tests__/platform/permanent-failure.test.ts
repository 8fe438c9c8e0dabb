import { expect, it } from 'vitest';
import { openClient, startServer } from './loopback-server.ts';

it('does not retry after a response that is too large, because the next one would be too', async () => {
  const server = await startServer((_, response) => {
    response.on('error', () => {});
    response.end(Buffer.alloc(1024 * 1024 + 1, 'x'));
  });
  const client = openClient(server.endpoint, 3000);
  await expect(client.call('Health/Check', '{}')).rejects.toMatchObject({ failure: { permanent: true } });
  expect(server.received).toHaveLength(1);
});
