import type { CommandName } from '../contract/index.js';
import type { ChatSocket } from '../delivery/chat-socket.js';

type Move = 'chat:join' | 'chat:leave';

interface UnderWay {
  move: Move;
  outcome: Promise<unknown>;
}

/**
 * Joins and leaves that connections are waiting for. Clients of dialects do not wait: what they say of a chat right behind its join
 * is said in it, and is done behind it, so that they hear what comes of it; behind its leave they are out of it.
 */
export class MovesUnderWay {
  private readonly moves = new WeakMap<ChatSocket, Map<unknown, UnderWay>>();

  /** Which chats a socket is to be in, as far as it names them by their ids, once all that it has asked for is done. */
  after(socket: ChatSocket, joined: readonly string[]): string[] {
    const chats = new Set(joined);
    for (const [chat, { move }] of this.moves.get(socket) ?? []) {
      if (move === 'chat:leave') {
        chats.delete(chat as string);
      } else if (typeof chat === 'string') {
        chats.add(chat);
      }
    }
    return [...chats];
  }

  async run<T>(socket: ChatSocket, command: CommandName, payload: unknown, run: () => Promise<T>): Promise<T> {
    const chat = typeof payload === 'object' && payload !== null && 'chatId' in payload ? payload.chatId : undefined;
    if (chat === undefined) {
      return run();
    }
    const earlier = this.moves.get(socket)?.get(chat)?.outcome;
    // Whatever came of the earlier move was told where it was asked for.
    const inTurn = earlier === undefined ? run : () => earlier.then(run, run);
    // Noted before anything is waited for: what came in one piece with the move is read within the same tick.
    return command === 'chat:join' || command === 'chat:leave' ? this.move(socket, chat, command, inTurn) : inTurn();
  }

  private async move<T>(socket: ChatSocket, chat: unknown, move: Move, run: () => Promise<T>): Promise<T> {
    const moves = this.moves.get(socket) ?? new Map<unknown, UnderWay>();
    this.moves.set(socket, moves);
    const outcome = run();
    const underWay = { move, outcome };
    moves.set(chat, underWay);
    try {
      return await outcome;
    } finally {
      if (moves.get(chat) === underWay) {
        moves.delete(chat);
      }
    }
  }
}
