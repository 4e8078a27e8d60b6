import type { EventEmitter } from 'node:events';
import { Socket as NetSocket } from 'node:net';
import type { ChatSocket } from '../delivery/chat-socket.js';

type Connection = ChatSocket['conn'];

/** Beyond this, what is written waits in Socket.IO again, where a slow client is noticed and cut. */
const MAX_COALESCED_BYTES = 64 * 1024;
/**
 * Connections held back in one turn. A turn that writes to more than these sends one message to very many, a single packet
 * to each: to hold those back saves nothing, and touches every socket a second time when it is long out of the CPU's cache.
 */
const MAX_HELD = 256;

/**
 * Lets everything that one turn of the event loop sends to a connection leave in one system call.
 *
 * A sender gets an ack and, having joined the chat, the message: two packets, which engine.io writes one after the other,
 * the second only when the first has left. Writing is most of what a message costs the process. So a connection's network
 * socket is held back from its first packet of a turn until the end of the turn, and engine.io may hand over further
 * packets meanwhile. Nothing is reordered.
 *
 * @param engine Socket.IO's engine; its events `flush` and `drain` frame the handing over of packets
 */
export function coalesceWrites(engine: EventEmitter): void {
  // Both events come once for every packet to every connection: finding the socket anew each time would show in a fan-out.
  const sockets = new WeakMap<Connection['transport'], NetSocket>();
  let held: NetSocket[] = [];

  function socketOf({ transport }: Connection): NetSocket | null {
    const known = sockets.get(transport);
    if (known !== undefined) {
      return known;
    }
    const socket = networkSocket(transport);
    if (socket !== null) {
      sockets.set(transport, socket);
    }
    return socket;
  }

  function releaseAll(): void {
    const released = held;
    held = [];
    for (const socket of released) {
      socket.uncork();
    }
  }

  engine.on('flush', (connection: Connection) => {
    if (held.length === MAX_HELD) {
      return;
    }
    const socket = socketOf(connection);
    // Corked means held: whoever else corks it has released it again by the end of his own call.
    if (socket !== null && socket.writableCorked === 0) {
      if (held.length === 0) {
        setImmediate(releaseAll);
      }
      held.push(socket);
      socket.cork();
    }
  });

  engine.on('drain', (connection: Connection) => {
    const socket = socketOf(connection);
    if (socket !== null && socket.writableLength < MAX_COALESCED_BYTES) {
      connection.transport.writable = true;
    }
  });
}

/** The TCP socket beneath a WebSocket connection; `null` where it polls, or where the libraries changed their insides. */
function networkSocket(transport: Connection['transport']): NetSocket | null {
  if (transport.name !== 'websocket') {
    return null;
  }
  const webSocket: unknown = Reflect.get(transport, 'socket');
  const socket: unknown =
    typeof webSocket === 'object' && webSocket !== null ? Reflect.get(webSocket, '_socket') : null;
  return socket instanceof NetSocket ? socket : null;
}
