import type { WebSocket } from 'ws';

interface Beat {
  intervalMs: number;
  /** How long the answer to a ping may take. */
  timeoutMs: number;
}

export interface Heartbeat {
  /** The socket is not read from now on: an answer would wait in the network, so none is asked for or missed. */
  pause(): void;
  /** The socket is read again; the client has a whole interval before it is asked. */
  resume(): void;
}

/**
 * Pings a client, and cuts it when it does not answer: a connection whose network went away without a word would stay, and its
 * user online. Browsers and libraries answer pings by themselves.
 */
export function keepAlive(
  socket: Pick<WebSocket, 'on' | 'ping' | 'terminate'>,
  { intervalMs, timeoutMs }: Beat,
): Heartbeat {
  let timer: NodeJS.Timeout | undefined;
  let isPaused = false;
  let isOver = false;
  const rest = (): void => {
    clearTimeout(timer);
    if (!isPaused && !isOver) {
      timer = setTimeout(ask, intervalMs).unref();
    }
  };
  const ask = (): void => {
    socket.ping();
    timer = setTimeout(() => socket.terminate(), timeoutMs).unref();
  };
  socket.on('pong', rest);
  socket.on('close', () => {
    isOver = true;
    clearTimeout(timer);
  });
  rest();
  return {
    pause: () => {
      isPaused = true;
      clearTimeout(timer);
    },
    resume: () => {
      isPaused = false;
      rest();
    },
  };
}
