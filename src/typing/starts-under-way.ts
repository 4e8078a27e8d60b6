import type { ChatSocket } from '../delivery/chat-socket.js';

/**
 * Signs that sockets asked for and that are still being checked. A stop is checked quicker: overtaking its start, it would
 * find nothing to take down, and the sign would stand until it lapses.
 */
export class StartsUnderWay {
  private readonly ofSockets = new WeakMap<ChatSocket, Map<string, Promise<void>>>();

  /** Notes a start until it is through. @returns what it returns. @throws what it throws */
  async run(socket: ChatSocket, chatId: string, start: () => Promise<void>): Promise<void> {
    const starts = this.ofSockets.get(socket) ?? new Map<string, Promise<void>>();
    this.ofSockets.set(socket, starts);
    const before = starts.get(chatId);
    const running = start();
    const through = Promise.allSettled([before, running]).then(() => {
      if (starts.get(chatId) === through) {
        starts.delete(chatId);
      }
    });
    starts.set(chatId, through);
    await running;
  }

  /** Resolves when the starts of a chat so far are through, however they ended; `undefined` where there are none. */
  before(socket: ChatSocket, chatId: string): Promise<void> | undefined {
    return this.ofSockets.get(socket)?.get(chatId);
  }
}
