import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below what kernels hand out for outgoing connections and for port 0, so that nobody takes the port of a server that a
 * fault test has stopped and is about to start again.
 */
const FIRST = 20_000;
const LAST = 29_999;
const ATTEMPTS = 50;

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/** A TCP port of 127.0.0.1 on which nobody listens. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(FIRST, LAST + 1);
    if (await canListen(port)) {
      return port;
    }
  }
  throw new Error(`unable to find a free port; ${ATTEMPTS} of ${FIRST} to ${LAST} were taken`);
}
