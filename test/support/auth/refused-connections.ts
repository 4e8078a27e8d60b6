import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';

const CHANNEL = 'net.client.socket';

/**
 * Watches the connections this process tries to open to a port and that are refused: nothing of them is to be seen at
 * the other end. Stops with the test.
 *
 * @param onRefused hears of each, with their number so far
 * @returns the number so far, at any time
 */
export function watchRefusedConnections(
  port: number,
  onRefused: (count: number) => void = () => undefined,
): () => number {
  let count = 0;
  const watch = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    socket.once('error', (error: NodeJS.ErrnoException & { port?: number }) => {
      if (error.code === 'ECONNREFUSED' && error.port === port) {
        count += 1;
        onRefused(count);
      }
    });
  };
  subscribe(CHANNEL, watch);
  onTestFinished(() => {
    unsubscribe(CHANNEL, watch);
  });
  return () => count;
}
