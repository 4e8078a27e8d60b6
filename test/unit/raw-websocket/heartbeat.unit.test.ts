import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { keepAlive } from '../../../src/raw-websocket/heartbeat.js';

class FakeSocket extends EventEmitter {
  readonly ping = vi.fn();
  readonly terminate = vi.fn();
}

describe('the heartbeat of a plain WebSocket', () => {
  let socket: FakeSocket;

  beforeEach(() => {
    vi.useFakeTimers();
    socket = new FakeSocket();
    keepAlive(socket as unknown as WebSocket, { intervalMs: 1_000, timeoutMs: 300 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('asks again and again as long as it is answered', () => {
    for (let beat = 1; beat <= 5; beat++) {
      vi.advanceTimersByTime(1_000);
      expect(socket.ping).toHaveBeenCalledTimes(beat);
      vi.advanceTimersByTime(299);
      socket.emit('pong');
    }
    expect(socket.terminate).not.toHaveBeenCalled();
  });

  it('cuts a client that does not answer in time', () => {
    vi.advanceTimersByTime(1_299);
    expect(socket.terminate).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(socket.terminate).toHaveBeenCalledOnce();
  });

  it('ends with the connection', () => {
    vi.advanceTimersByTime(1_000);
    socket.emit('close');
    vi.advanceTimersByTime(10_000);
    expect(socket.terminate).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
