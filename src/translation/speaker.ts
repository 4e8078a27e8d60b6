import { createHash, randomUUID } from 'node:crypto';
import { toWireId } from '../contract/index.js';
import type { ChatSocket } from '../delivery/chat-socket.js';
import { chatOfRoom } from '../delivery/rooms.js';
import type { Speaker } from '../dialects/dialect.js';

/** How many of its messages a connection knows again: more than can be on their way at once. */
const MAX_KEYS = 256;

/** The keys that one connection gave to its messages. */
class OwnKeys {
  /** Members see the keys, so they do not tell the socket's id. */
  private readonly start = randomUUID();
  /** The latest, oldest first. Kept beyond the answer: what is repeated may be heard once more. */
  private readonly given = new Set<string>();

  /** The same key for the same name; the name's digest, because a key is short and members see it. */
  give(name: string | number): string {
    const digest = createHash('sha256')
      .update(`${typeof name} ${name}`)
      .digest('base64url');
    const key = `${this.start}.${digest}`;
    this.given.delete(key);
    this.given.add(key);
    for (const oldest of this.given) {
      if (this.given.size <= MAX_KEYS) {
        break;
      }
      this.given.delete(oldest);
    }
    return key;
  }

  has(key: string): boolean {
    return this.given.has(key);
  }
}

const ownKeys = new WeakMap<ChatSocket, OwnKeys>();

function ownKeysOf(socket: ChatSocket): OwnKeys {
  const known = ownKeys.get(socket);
  if (known !== undefined) {
    return known;
  }
  const keys = new OwnKeys();
  ownKeys.set(socket, keys);
  return keys;
}

/**
 * Whose connection a socket is, read when it is asked.
 *
 * @param after what becomes of the chats that it is in by what is under way: clients go on talking behind a join or leave without
 * waiting for its answer
 */
export function speakerOf(
  socket: ChatSocket,
  after: (joined: readonly string[]) => readonly string[] = (joined) => joined,
): Speaker {
  return {
    get userId() {
      const { session } = socket.data;
      return session === undefined ? null : toWireId(session.userId);
    },
    get joined() {
      return after([...socket.rooms].flatMap((room) => chatOfRoom(room) ?? []));
    },
    keyFor: (name) => ownKeysOf(socket).give(name),
    isOwnKey: (key) => ownKeys.get(socket)?.has(key) ?? false,
  };
}
