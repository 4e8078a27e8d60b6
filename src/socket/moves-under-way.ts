import { ChatError, type CommandName } from '../contract/index.js';
import type { ChatSocket } from '../delivery/chat-socket.js';

type Move = 'chat:join' | 'chat:leave';

/** Events that one connection may say behind the opening of a chat before it is open. Each is held in memory, and unpaid. */
const MAX_BEHIND_OPENING = 32;

interface UnderWay {
  move: Move;
  outcome: Promise<unknown>;
}

/**
 * Joins and leaves that connections are waiting for. Clients of dialects do not wait: what they say of a chat right behind its join
 * is said in it, and is done behind it, so that they hear what comes of it; behind its leave they are out of it, and what they
 * said before is done before, for the same reason. What they say behind the opening of a chat waits for it: they are in that
 * chat by then, and nobody can name it before.
 */
export class MovesUnderWay {
  private readonly moves = new WeakMap<ChatSocket, Map<unknown, UnderWay>>();
  private readonly openings = new WeakMap<ChatSocket, { done: Promise<unknown>; behind: number }>();
  /** What else is under way in the chats of a connection, by the chat as the client names it. */
  private readonly others = new WeakMap<ChatSocket, Map<unknown, Set<Promise<unknown>>>>();

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

  /** Whether a socket is waiting for the opening of a chat, with the join behind it. */
  isOpening(socket: ChatSocket): boolean {
    return this.openings.has(socket);
  }

  /**
   * Resolves when no opening is under way that a socket asked for earlier.
   *
   * @throws ChatError `RATE_LIMITED` where too much waits for it
   */
  async behindOpenings(socket: ChatSocket, operation: string): Promise<void> {
    for (let opening = this.openings.get(socket); opening !== undefined; opening = this.openings.get(socket)) {
      opening.behind += 1;
      if (opening.behind > MAX_BEHIND_OPENING) {
        throw new ChatError('RATE_LIMITED', operation, 'too many events wait for a room to open; send it again then');
      }
      await opening.done;
    }
  }

  /** What the socket says meanwhile waits, see {@link behindOpenings}. */
  open<T>(socket: ChatSocket, run: () => Promise<T>): Promise<T> {
    const outcome = run();
    const done = outcome.then(ignore, ignore).finally(() => {
      if (this.openings.get(socket) === opening) {
        this.openings.delete(socket);
      }
    });
    const opening = { done, behind: 0 };
    this.openings.set(socket, opening);
    return outcome;
  }

  async run<T>(socket: ChatSocket, command: CommandName, payload: unknown, run: () => Promise<T>): Promise<T> {
    const chat = typeof payload === 'object' && payload !== null && 'chatId' in payload ? payload.chatId : undefined;
    if (chat === undefined) {
      return run();
    }
    const earlier = this.moves.get(socket)?.get(chat)?.outcome;
    // Whatever came of what is waited for was told where it was asked for.
    const inTurn = earlier === undefined ? run : () => earlier.then(run, run);
    // Noted before anything is waited for: what came in one piece with it is read within the same tick.
    switch (command) {
      case 'chat:join':
        return this.move(socket, chat, command, inTurn);
      case 'chat:leave':
        return this.move(socket, chat, command, () => this.behindOthers(socket, chat, inTurn));
      default:
        return this.note(socket, chat, inTurn);
    }
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

  private async behindOthers<T>(socket: ChatSocket, chat: unknown, run: () => Promise<T>): Promise<T> {
    const others = this.others.get(socket)?.get(chat);
    if (others !== undefined) {
      await Promise.allSettled(others);
    }
    return run();
  }

  private async note<T>(socket: ChatSocket, chat: unknown, run: () => Promise<T>): Promise<T> {
    const ofSocket = this.others.get(socket) ?? new Map<unknown, Set<Promise<unknown>>>();
    this.others.set(socket, ofSocket);
    const ofChat = ofSocket.get(chat) ?? new Set();
    ofSocket.set(chat, ofChat);
    const outcome = run();
    ofChat.add(outcome);
    try {
      return await outcome;
    } finally {
      ofChat.delete(outcome);
      if (ofChat.size === 0 && ofSocket.get(chat) === ofChat) {
        ofSocket.delete(chat);
      }
    }
  }
}

function ignore(): void {}
