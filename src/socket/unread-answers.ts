import { ServerResponse } from 'node:http';
import type { ChatSocket } from '../delivery/chat-socket.js';

type Connection = ChatSocket['conn'];

/**
 * The answers to polls that clients have not read yet. engine.io forgets an answer as soon as it is written, so a client could
 * fetch what waits for it over one network connection after another, read nothing, and have all of it kept here.
 */
export class UnreadAnswers {
  private readonly ofConnection = new WeakMap<Connection, Set<ServerResponse>>();

  /** Notes what is answered from now on, until the connection is a WebSocket. One that is already costs nothing. */
  watch(conn: Connection): void {
    if (conn.transport.name !== 'polling' || this.ofConnection.has(conn)) {
      return;
    }
    const answers = new Set<ServerResponse>();
    this.ofConnection.set(conn, answers);
    const note = (): void => {
      const answer: unknown = Reflect.get(conn.transport, 'res');
      if (answer instanceof ServerResponse && !answers.has(answer)) {
        answers.add(answer);
        answer.once('close', () => answers.delete(answer));
      }
    };
    conn.on('flush', note);
    conn.once('upgrade', () => conn.off('flush', note));
  }

  bytes(conn: Connection): number {
    let bytes = 0;
    for (const answer of this.ofConnection.get(conn) ?? []) {
      bytes += answer.writableLength;
    }
    return bytes;
  }

  drop(conn: Connection): void {
    for (const answer of this.ofConnection.get(conn) ?? []) {
      answer.destroy();
    }
  }
}
