import type { EventEmitter } from 'node:events';
import type { Server } from 'socket.io';

/**
 * A connection that engine.io did not make, with what the Socket.IO server and this service ask of one. It emits `data` with
 * each packet of its client, as Socket.IO's own text, and `close` with a reason, once.
 */
export interface ForeignConnection extends EventEmitter {
  readonly id: string;
  /** Engine.io's version: which packets the server writes. */
  readonly protocol: number;
  readonly readyState: 'open' | 'closing' | 'closed';
  readonly remoteAddress: string;
  /** The request that it came with. Socket.IO does without one. */
  readonly request: null;
  /** As a WebSocket transport of engine.io: `socket` is what the guard against slow clients looks at. */
  readonly transport: { readonly name: 'websocket'; readonly writable: true; readonly socket: unknown };
  /** Takes a packet of the server, in Socket.IO's own text. */
  write(packet: unknown): void;
  close(): void;
}

/** Which connections were handed over. */
const foreign = new WeakSet<object>();

/** Whether a connection is of another engine, so that its client is none of Socket.IO's. */
export function isForeign(connection: object): boolean {
  return foreign.has(connection);
}

/**
 * Has a Socket.IO server serve a connection of another engine beside its own. `server.bind(engine)`, which is there for this, makes
 * the other engine the only one: engine.io's own would not be closed any more.
 *
 * @throws Error where Socket.IO has changed its insides
 */
export function handOver(server: Server, connection: ForeignConnection): void {
  const accept: unknown = Reflect.get(server, 'onconnection');
  if (typeof accept !== 'function') {
    throw new Error('unable to serve a foreign connection; this Socket.IO has no entry for one');
  }
  foreign.add(connection);
  accept.call(server, connection);
}
