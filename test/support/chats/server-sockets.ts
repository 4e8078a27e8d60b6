import { expect, vi } from 'vitest';
import type { ChatNamespace } from '../../../src/delivery/chat-socket.js';
import { Delivery } from '../../../src/delivery/delivery.js';
import type { TestClient } from '../chat/test-client.js';

/** The server's own view of its sockets and rooms, for what no client can see. */
export interface ServerSockets {
  /** The socket ids in a room of the (one) instance started so far. */
  inRoom(room: string): ReadonlySet<string>;
  /** Resolves once the server has let a client go, which it learns after the client knows. Read the id before closing. */
  gone(socketId: string): Promise<void>;
  /** How many packets Socket.IO keeps for a client because its transport takes no more; 0 where the client is gone. */
  packetsWaitingFor(socketId: string): number;
}

/** Call before the service starts: it hands its namespace to the delivery while it does. */
export function watchServerSockets(): ServerSockets {
  let seen: ChatNamespace | null = null;
  const attach = Delivery.prototype.attach;
  vi.spyOn(Delivery.prototype, 'attach').mockImplementationOnce(function (this: Delivery, namespace, cluster) {
    seen = namespace;
    attach.call(this, namespace, cluster);
  });
  const namespace = (): ChatNamespace => {
    if (seen === null) {
      throw new Error('unable to look at the sockets of the server; no service was started');
    }
    return seen;
  };
  return {
    inRoom: (room) => namespace().adapter.rooms.get(room) ?? new Set(),
    gone: (socketId) => expect.poll(() => namespace().sockets.has(socketId), { timeout: 10_000 }).toBe(false),
    packetsWaitingFor: (socketId) => {
      const packets: unknown = Reflect.get(namespace().sockets.get(socketId)?.conn ?? {}, 'writeBuffer');
      return Array.isArray(packets) ? packets.length : 0;
    },
  };
}

/** The id a connected client has on the server. */
export function socketIdOf({ socket }: TestClient): string {
  if (socket.id === undefined) {
    throw new Error('unable to name the socket; it is not connected');
  }
  return socket.id;
}
