import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Finds a port on loopback that nothing listens on, and that no server which asks for any free port will get: below the
 * ephemeral ports of Linux, macOS and Windows.
 */
export async function findClosedPort(): Promise<number> {
  const port = randomInt(20_000, 30_000);
  const socket = connect(port, '127.0.0.1');
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isOpen ? findClosedPort() : port;
}
