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
  /** From now on it carries nothing, and the client is what it was: it may connect anew, in whatever words. */
  release(): void;
}

/**
 * The wire of a socket, which from now on carries no canonical events, only what is written to it here.
 *
 * @throws Error where Socket.IO has changed its insides
 */
export function wireOf(socket: ChatSocket): Wire {
  const encode = encoderOf(socket.nsp);
  const way = withholdEvents(socket);
  return {
    encode: (words) => words.map(encode),
    write: (packets) => {
      if (way.sockets.has(socket)) {
        for (const { content, options } of packets) {
          way.write(content, options);
        }
      }
    },
    release: () => giveBack(socket),
  };
}

type WriteToEngine = (content: unknown, options: object) => void;
type EncodeForAll = (packet: object, options: object) => unknown;

/**
 * Encodes as a broadcast does: the WebSocket frame too is made once for all, however many connections it goes to.
 *
 * @throws Error where Socket.IO has changed its insides
 */
export function encoderOf({ adapter, name }: Pick<ChatSocket['nsp'], 'adapter' | 'name'>): (spoken: Spoken) => Packet {
  const encode: unknown = Reflect.get(adapter, '_encode');
  if (typeof encode !== 'function') {
    throw new Error('unable to speak a dialect; the adapter of Socket.IO has no _encode');
  }
  return ({ event, args }) => {
    const options = { preEncoded: true };
    const packet = { type: EVENT, data: [event, ...args], nsp: name };
    return { content: (encode as EncodeForAll).call(adapter, packet, options), options };
  };
}

/** Socket.IO's packet type of an event, and how one begins as text. */
const EVENT = 2;
const EVENT_START = '2';

/** A client from which events are withheld. */
interface Withheld {
  /** What the client's own method was. */
  readonly method: unknown;
  /** The way past. */
  readonly write: WriteToEngine;
  /** For whom: a client that connects twice to the namespace has two sockets. */
  readonly sockets: Set<ChatSocket>;
}

const withheld = new WeakMap<ChatSocket['client'], Withheld>();

/**
 * Keeps events away from a connection and lets acks and what belongs to the connection pass. Every write of Socket.IO to a
 * client goes through this one method, a broadcast's too, and there is no official place between the two.
 */
function withholdEvents(socket: ChatSocket): Withheld {
  const { client } = socket;
  const before = withheld.get(client);
  if (before !== undefined) {
    // What the client has now lets no event pass, ours neither.
    before.sockets.add(socket);
    return before;
  }
  const method: unknown = Reflect.get(client, 'writeToEngine');
  if (typeof method !== 'function') {
    throw new Error('unable to speak a dialect; the client of Socket.IO has no writeToEngine');
  }
  const write = method.bind(client) as WriteToEngine;
  const way = { method, write, sockets: new Set([socket]) };
  withheld.set(client, way);
  Reflect.set(client, 'writeToEngine', (content: unknown, options: object) => {
    if (!isEvent(content)) {
      write(content, options);
    }
  });
  return way;
}

function giveBack(socket: ChatSocket): void {
  const { client } = socket;
  const way = withheld.get(client);
  if (way?.sockets.delete(socket) === true && way.sockets.size === 0) {
    withheld.delete(client);
    Reflect.set(client, 'writeToEngine', way.method);
  }
}

function isEvent(content: unknown): boolean {
  const first: unknown = Array.isArray(content) ? content[0] : content;
  return typeof first === 'string' && first.startsWith(EVENT_START);
}
