import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { type Heartbeat, keepAlive } from '../../../src/raw-websocket/heartbeat.js';

class FakeSocket extends EventEmitter {
  readonly ping = vi.fn();
  readonly terminate = vi.fn();
}

describe('the heartbeat of a plain WebSocket', () => {
  let socket: FakeSocket;
  let heartbeat: Heartbeat;

  beforeEach(() => {
    vi.useFakeTimers();
    socket = new FakeSocket();
    heartbeat = keepAlive(socket as unknown as WebSocket, { intervalMs: 1_000, timeoutMs: 300 });
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

  it('asks nothing and misses nothing while the socket is not read, whenever that begins', () => {
    for (const waited of [500, 1_000, 1_299]) {
      vi.advanceTimersByTime(waited);
      heartbeat.pause();
      const asked = socket.ping.mock.calls.length;
      // Of what was read in one piece with the last frame.
      socket.emit('pong');
      vi.advanceTimersByTime(60_000);
      expect(socket.ping).toHaveBeenCalledTimes(asked);
      heartbeat.resume();
    }
    expect(socket.terminate).not.toHaveBeenCalled();
  });

  it('asks again, and cuts, once the socket is read again', () => {
    heartbeat.pause();
    heartbeat.resume();
    vi.advanceTimersByTime(1_299);
    expect(socket.ping).toHaveBeenCalledOnce();
    expect(socket.terminate).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(socket.terminate).toHaveBeenCalledOnce();
  });

  it('ends with the connection, paused or not', () => {
    heartbeat.pause();
    socket.emit('close');
    heartbeat.resume();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with the connection', () => {
    vi.advanceTimersByTime(1_000);
    socket.emit('close');
    vi.advanceTimersByTime(10_000);
    expect(socket.terminate).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
