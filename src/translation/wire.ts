import type { ChatSocket } from '../delivery/chat-socket.js';
import type { Spoken } from '../dialects/dialect.js';

interface Packet {
  content: unknown;
  options: object;
}

/** Words as packets, the same for all connections. */
export type Encoded = readonly Packet[];

/** How a dialect's words reach one connection. */
export interface Wire {
  encode(words: readonly Spoken[]): Encoded;
  write(encoded: Encoded): void;
}

/** The wire of a socket, which from now on carries no canonical events, only what is written to it here. */
export function wireOf(socket: ChatSocket): Wire {
  const writeToEngine = withholdEvents(socket);
  return {
    encode: (words) => words.map((spoken) => toPacket(socket, spoken)),
    write: (packets) => {
      for (const { content, options } of packets) {
        writeToEngine(content, options);
      }
    },
  };
}

type WriteToEngine = (content: unknown, options: object) => void;
type EncodeForAll = (packet: object, options: object) => unknown;

/** Encodes as a broadcast does: the WebSocket frame too is made once for all, however many connections it goes to. */
function toPacket({ nsp }: ChatSocket, { event, args }: Spoken): Packet {
  const options = { preEncoded: true };
  const encode: unknown = Reflect.get(nsp.adapter, '_encode');
  if (typeof encode !== 'function') {
    throw new Error('unable to speak a dialect; the adapter of Socket.IO has changed');
  }
  const packet = { type: EVENT, data: [event, ...args], nsp: nsp.name };
  return { content: (encode as EncodeForAll).call(nsp.adapter, packet, options), options };
}

/** Socket.IO's packet type of an event, and how one begins as text. */
const EVENT = 2;
const EVENT_START = '2';

/**
 * Keeps events away from a connection and lets acks and what belongs to the connection pass. Every write of Socket.IO to a
 * client goes through this one method, a broadcast's too, and there is no official place between the two.
 *
 * @returns the way past it
 */
function withholdEvents({ client }: ChatSocket): WriteToEngine {
  const method: unknown = Reflect.get(client, 'writeToEngine');
  if (typeof method !== 'function') {
    throw new Error('unable to speak a dialect; the client of Socket.IO has changed');
  }
  const write = method.bind(client) as WriteToEngine;
  Reflect.set(client, 'writeToEngine', (content: unknown, options: object) => {
    if (!isEvent(content)) {
      write(content, options);
    }
  });
  return write;
}

function isEvent(content: unknown): boolean {
  const first: unknown = Array.isArray(content) ? content[0] : content;
  return typeof first === 'string' && first.startsWith(EVENT_START);
}
