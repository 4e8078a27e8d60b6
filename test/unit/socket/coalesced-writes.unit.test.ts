import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import { setImmediate as turnEnds } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { coalesceWrites } from '../../../src/socket/coalesced-writes.js';

/** A connection as engine.io has it: its transport is not writable between a packet and the word that it has left. */
class Connection {
  readonly network: Socket;
  readonly transport: { name: string; writable: boolean; socket?: unknown };

  constructor({
    name = 'websocket',
    waitingBytes = 0,
    socket,
  }: { name?: string; waitingBytes?: number; socket?: unknown } = {}) {
    this.network = new Socket();
    Object.defineProperty(this.network, 'writableLength', { value: waitingBytes });
    this.transport = { name, writable: false, socket: socket === undefined ? { _socket: this.network } : socket };
  }

  get held(): number {
    return this.network.writableCorked;
  }
}

describe('writes to a connection', () => {
  let engine: EventEmitter;

  beforeEach(() => {
    engine = new EventEmitter();
    coalesceWrites(engine);
  });

  function handOver(...connections: Connection[]): void {
    for (const connection of connections) {
      engine.emit('flush', connection, []);
      engine.emit('drain', connection);
    }
  }

  it('are held back until the turn ends, and further packets of the turn may join them', async () => {
    const connection = new Connection();

    handOver(connection);
    expect(connection.held).toBe(1);
    expect(connection.transport.writable).toBe(true);
    handOver(connection, connection);
    expect(connection.held).toBe(1);

    await turnEnds();
    expect(connection.held).toBe(0);
  });

  it('are held back anew in every turn, each connection for itself', async () => {
    const [one, other] = [new Connection(), new Connection()];
    handOver(one);
    await turnEnds();
    handOver(other);
    expect([one.held, other.held]).toEqual([0, 1]);
    await turnEnds();

    handOver(one, other);
    expect([one.held, other.held]).toEqual([1, 1]);
    await turnEnds();
    expect([one.held, other.held]).toEqual([0, 0]);
  });

  it.each([
    ['less than 64 KiB', 65_535, true],
    ['64 KiB', 65_536, false],
    ['much more', 10_000_000, false],
  ])('take further packets at once while %s wait in the network socket: %s', (_case, waitingBytes, writable) => {
    const connection = new Connection({ waitingBytes });
    handOver(connection);
    expect(connection.transport.writable).toBe(writable);
  });

  it.each([
    ['that polls', new Connection({ name: 'polling' })],
    ['whose WebSocket is gone', new Connection({ socket: null })],
    ['whose network socket is gone', new Connection({ socket: { _socket: null } })],
    ['of a library that keeps its socket elsewhere', new Connection({ socket: { elsewhere: new Socket() } })],
  ])('%s are left alone', async (_case, connection) => {
    handOver(connection);
    expect(connection.held).toBe(0);
    expect(connection.transport.writable).toBe(false);
    await turnEnds();
  });

  it('of the other connections leave, though one was destroyed in the same turn', async () => {
    const [dying, living] = [new Connection(), new Connection()];
    handOver(dying, living);
    dying.network.destroy();
    await turnEnds();
    expect(living.held).toBe(0);
  });
});
