import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { RawConnection } from '../../../src/raw-websocket/raw-connection.js';

class FakeSocket extends EventEmitter {
  readonly pause = vi.fn();
  readonly resume = vi.fn();
  readonly close = vi.fn();
  readonly send = vi.fn();
}

const SPREAD_MS = 2_000;
const REASON = 'messages may have been missed';

describe('a plain WebSocket', () => {
  let socket: FakeSocket;
  let connection: RawConnection;
  const heartbeat = { pause: vi.fn(), resume: vi.fn() };

  beforeEach(() => {
    vi.useFakeTimers();
    socket = new FakeSocket();
    const visit = { chat: '7', token: 'a token that is secret' };
    connection = new RawConnection(socket as unknown as WebSocket, heartbeat, visit, '127.0.0.1', () => undefined);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.clearAllMocks();
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

  /** Lets the client into the chat; what it says from now on goes to the server, one after the other. */
  const joined = (): { handed: string[]; say: (text: string) => void; answer: () => void } => {
    const handed: string[] = [];
    connection.on('data', (packet: string) =>
      handed.push(...(JSON.parse(packet.slice(packet.indexOf('['))) as string[])),
    );
    connection.join('1');
    connection.write('2/chat,["opened","a chat",{}]');
    connection.write('3/chat,0[]');
    handed.length = 0;
    return {
      handed,
      say: (text) => socket.emit('message', Buffer.from(text), false),
      answer: () => connection.write('3/chat,0[]'),
    };
  };

  it('is not read until the chat is joined, and its heartbeat knows', () => {
    expect(socket.pause).toHaveBeenCalledOnce();
    expect(heartbeat.pause).toHaveBeenCalledOnce();
    connection.join('1');
    expect(heartbeat.resume).not.toHaveBeenCalled();
    connection.write('2/chat,["opened","a chat",{}]');
    expect(socket.resume).toHaveBeenCalledOnce();
    expect(heartbeat.resume).toHaveBeenCalledOnce();
  });

  it('is read again as soon as there is room for one more frame', () => {
    const { say, answer } = joined();
    vi.clearAllMocks();
    for (let n = 0; n <= 15; n++) {
      say(`frame ${n}`);
    }
    expect(socket.pause).not.toHaveBeenCalled();
    say('frame 16');
    expect([socket.pause, heartbeat.pause].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
    answer();
    expect([socket.resume, heartbeat.resume].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  });

  it('gives way once what it has heard is carried out, and hears nothing more', () => {
    const { handed, say, answer } = joined();
    ['one', 'two', 'three'].forEach(say);
    connection.giveWay();
    say('four');
    for (const carriedOut of [1, 2, 3]) {
      expect(handed.filter((word) => word !== 'frame')).toHaveLength(carriedOut);
      expect(socket.close).not.toHaveBeenCalled();
      answer();
    }
    expect(handed).toEqual(['frame', 'one', 'frame', 'two', 'frame', 'three']);
    expect(socket.close).toHaveBeenCalledExactlyOnceWith(4409, expect.any(String));
    // Its answer to the close frame must not wait in the network.
    expect(socket.resume).toHaveBeenCalledAfter(socket.pause);
  });

  it('gives way at once where nothing is under way', () => {
    joined();
    connection.giveWay();
    expect(socket.close).toHaveBeenCalledExactlyOnceWith(4409, expect.any(String));
  });

  it('carries out no more than may wait, however much came in one piece', () => {
    const { handed, say, answer } = joined();
    for (let n = 0; n < 100; n++) {
      say(`frame ${n}`);
    }
    connection.giveWay();
    for (let n = 0; n < 17; n++) {
      answer();
    }
    expect(handed.at(-1)).toBe('frame 16');
    expect(socket.close).toHaveBeenCalledOnce();
  });

  it('carries out nothing more where it loses its right while it gives way', () => {
    const { handed, say, answer } = joined();
    ['one', 'two'].forEach(say);
    connection.giveWay();
    connection.write('2/chat,["close","a chat",4403,"removed"]');
    answer();
    expect(handed).toEqual(['frame', 'one']);
    expect(socket.close).toHaveBeenCalledExactlyOnceWith(4403, 'removed');
  });

  it('is left alone where it has ended before', () => {
    order(1012);
    socket.emit('close');
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(SPREAD_MS);
    expect(socket.close).not.toHaveBeenCalled();
  });
});
