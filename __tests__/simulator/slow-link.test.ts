import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { startPlatform } from '../../simulator/platform.ts';
import { startSlowLink } from '../../simulator/slow-link.ts';

const DELAY = 300;
const REQUEST =
  'POST /Health/Check HTTP/1.1\r\nhost: platform\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}';

it('makes a connection one round trip long, and each answer another one', async () => {
  const platform = await startPlatform();
  const link = await startSlowLink(platform.endpoint, DELAY);
  const socket = connect(Number(new URL(link.endpoint).port), '127.0.0.1');
  const ask = async () => {
    const startedAt = performance.now();
    socket.write(REQUEST);
    const [bytes] = await once(socket, 'data');
    expect(String(bytes)).toContain('200 OK');
    return performance.now() - startedAt;
  };
  try {
    // A timer may end a millisecond early.
    expect(await ask()).toBeGreaterThan(2 * DELAY - 5);
    const second = await ask();
    expect(second).toBeGreaterThan(DELAY - 5);
    expect(second).toBeLessThan(2 * DELAY);
  } finally {
    socket.destroy();
    await link.close();
    await platform.close();
  }
});

it('leads to the platform with nothing added where there is no delay', async () => {
  const platform = await startPlatform();
  const link = await startSlowLink(platform.endpoint, 0);
  try {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${link.endpoint}/Health/Check`, { method: 'POST', headers, body: '{}' });
    expect(await answer.json()).toMatchObject({ status: 'SERVING' });
  } finally {
    await link.close();
    await platform.close();
  }
});
