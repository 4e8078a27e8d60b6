import type { CommandName } from '../contract/index.js';
import type { ChatSocket } from '../delivery/chat-socket.js';

/**
 * Joins that connections are waiting for. Clients of dialects do not wait: what they say of a chat right behind its join is said
 * in it, and is done behind it, so that they hear what comes of it.
 */
export class JoinsUnderWay {
  private readonly joins = new WeakMap<ChatSocket, Map<unknown, Promise<unknown>>>();

  /** The chats that a socket is about to join, as far as it names them by their ids. */
  of(socket: ChatSocket): string[] {
    return [...(this.joins.get(socket)?.keys() ?? [])].filter((chat) => typeof chat === 'string');
  }

  async run<T>(socket: ChatSocket, command: CommandName, payload: unknown, run: () => Promise<T>): Promise<T> {
    const chat = typeof payload === 'object' && payload !== null && 'chatId' in payload ? payload.chatId : undefined;
    if (chat === undefined) {
      return run();
    }
    const earlier = this.joins.get(socket)?.get(chat);
    // Whatever came of the earlier join was told where it was asked for.
    const inTurn = earlier === undefined ? run : () => earlier.then(run, run);
    // Noted before anything is waited for: what came in one piece with the join is read within the same tick.
    return command === 'chat:join' ? this.join(socket, chat, inTurn) : inTurn();
  }

  private async join<T>(socket: ChatSocket, chat: unknown, run: () => Promise<T>): Promise<T> {
    const joins = this.joins.get(socket) ?? new Map<unknown, Promise<unknown>>();
    this.joins.set(socket, joins);
    const join = run();
    joins.set(chat, join);
    try {
      return await join;
    } finally {
      if (joins.get(chat) === join) {
        joins.delete(chat);
      }
    }
  }
}
