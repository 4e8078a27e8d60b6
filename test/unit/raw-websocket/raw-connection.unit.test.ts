import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { RawConnection } from '../../../src/raw-websocket/raw-connection.js';

class FakeSocket extends EventEmitter {
  readonly pause = vi.fn();
  readonly resume = vi.fn();
  readonly close = vi.fn();
}

const SPREAD_MS = 2_000;
const REASON = 'messages may have been missed';

describe('a plain WebSocket', () => {
  let socket: FakeSocket;
  let connection: RawConnection;

  beforeEach(() => {
    vi.useFakeTimers();
    socket = new FakeSocket();
    const visit = { chat: '7', token: 'a token that is secret' };
    connection = new RawConnection(socket as unknown as WebSocket, visit, '127.0.0.1', () => undefined);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  const order = (code: number) => connection.write(`2/chat,["closeWithin",${SPREAD_MS},${code},"${REASON}"]`);

  it('has its token no more once the server has it', () => {
    const packets: string[] = [];
    connection.on('data', (packet: string) => packets.push(packet));
    expect(inspect(connection, { depth: 5, showHidden: true })).toContain('a token that is secret');
    connection.enter('plain-websocket');
    expect(packets).toEqual([expect.stringContaining('a token that is secret')]);
    expect(inspect(connection, { depth: 5, showHidden: true })).not.toContain('a token that is secret');
  });

  it('is closed at a random moment within the time that it is given, once', () => {
    vi.spyOn(Math, 'random').mockReturnValueOnce(0.5).mockReturnValueOnce(0.1);
    order(1012);
    order(4000);
    vi.advanceTimersByTime(SPREAD_MS / 2 - 1);
    expect(socket.close).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(socket.close.mock.calls).toEqual([[1012, REASON]]);
  });

  it('is left alone where it has ended before', () => {
    order(1012);
    socket.emit('close');
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(SPREAD_MS);
    expect(socket.close).not.toHaveBeenCalled();
  });
});
