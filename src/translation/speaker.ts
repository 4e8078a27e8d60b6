import { randomUUID } from 'node:crypto';
import { toWireId } from '../contract/index.js';
import type { ChatSocket } from '../delivery/chat-socket.js';
import { chatOfRoom } from '../delivery/rooms.js';
import type { Speaker } from '../dialects/dialect.js';

/** What the keys of a connection begin with. Members see them, so they do not tell the socket's id. */
const keyStarts = new WeakMap<ChatSocket, string>();
let lastKey = 0;

function keyStartOf(socket: ChatSocket): string {
  const known = keyStarts.get(socket);
  if (known !== undefined) {
    return known;
  }
  const start = `${randomUUID()}.`;
  keyStarts.set(socket, start);
  return start;
}

/**
 * Whose connection a socket is, read when it is asked.
 *
 * @param joining chats that it is about to join: clients go on talking behind a join without waiting for its answer
 */
export function speakerOf(socket: ChatSocket, joining: Iterable<string> = []): Speaker {
  return {
    get userId() {
      const { session } = socket.data;
      return session === undefined ? null : toWireId(session.userId);
    },
    get joined() {
      return [...new Set([...[...socket.rooms].flatMap((room) => chatOfRoom(room) ?? []), ...joining])];
    },
    newKey: () => {
      lastKey += 1;
      return keyStartOf(socket) + lastKey;
    },
    isOwnKey: (key) => {
      const start = keyStarts.get(socket);
      return start !== undefined && key.startsWith(start);
    },
  };
}
