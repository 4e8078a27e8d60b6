import type { WebSocket } from 'ws';

interface Beat {
  intervalMs: number;
  /** How long the answer to a ping may take. */
  timeoutMs: number;
}

/**
 * Pings a client, and cuts it when it does not answer: a connection whose network went away without a word would stay, and its
 * user online. Browsers and libraries answer pings by themselves.
 */
export function keepAlive(socket: Pick<WebSocket, 'on' | 'ping' | 'terminate'>, { intervalMs, timeoutMs }: Beat): void {
  let timer: NodeJS.Timeout;
  const rest = (): void => {
    timer = setTimeout(ask, intervalMs).unref();
  };
  const ask = (): void => {
    socket.ping();
    timer = setTimeout(() => socket.terminate(), timeoutMs).unref();
  };
  socket.on('pong', () => {
    clearTimeout(timer);
    rest();
  });
  socket.on('close', () => clearTimeout(timer));
  rest();
}
