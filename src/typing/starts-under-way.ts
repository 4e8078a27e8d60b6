import type { ChatSocket } from '../delivery/chat-socket.js';

interface Start {
  chatId: string;
  takenBack: boolean;
}

/**
 * Signs that sockets asked for and that are still being checked. A stop is checked quicker: overtaking its start, it would
 * find nothing to take down, and the sign would stand until it lapses.
 */
export class StartsUnderWay {
  private readonly ofSockets = new WeakMap<ChatSocket, Set<Start>>();

  /** Runs the checks of a start. @returns whether it still holds when they are through. @throws whatever they throw */
  async check(socket: ChatSocket, chatId: string, checks: () => Promise<void>): Promise<boolean> {
    const start = { chatId, takenBack: false };
    const starts = this.ofSockets.get(socket) ?? new Set();
    this.ofSockets.set(socket, starts.add(start));
    try {
      await checks();
    } finally {
      starts.delete(start);
    }
    return !start.takenBack;
  }

  /** A stop has come. */
  takeBack(socket: ChatSocket, chatId: string): void {
    for (const start of this.ofSockets.get(socket) ?? []) {
      start.takenBack ||= start.chatId === chatId;
    }
  }
}
