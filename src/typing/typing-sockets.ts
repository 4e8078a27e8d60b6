/**
 * Through which sockets of this instance users type where. A user types in a chat as long as one of his sockets does: a tab
 * that closes does not end the sign that another one keeps up.
 */
export class TypingSockets {
  /** User id -> chat id -> socket id -> when its sign lapses, milliseconds. */
  private readonly users = new Map<string, Map<string, Map<string, number>>>();

  set(userId: string, chatId: string, socketId: string, until: number): void {
    const chats = this.users.get(userId) ?? new Map<string, Map<string, number>>();
    const sockets = chats.get(chatId) ?? new Map<string, number>();
    this.users.set(userId, chats.set(chatId, sockets.set(socketId, until)));
  }

  has(userId: string, chatId: string): boolean {
    return this.users.get(userId)?.has(chatId) ?? false;
  }

  /** The chats in which a socket typed and was not taken out since. */
  chatsOf(userId: string, socketId: string): string[] {
    return [...(this.users.get(userId) ?? [])].filter(([, sockets]) => sockets.has(socketId)).map(([chatId]) => chatId);
  }

  /** Takes a socket out of a chat. @returns whether another one of the user still types there at `now` */
  remove(userId: string, chatId: string, socketId: string, now: number): boolean {
    const sockets = this.users.get(userId)?.get(chatId);
    sockets?.delete(socketId);
    if ([...(sockets?.values() ?? [])].some((until) => until > now)) {
      return true;
    }
    this.forget(userId, chatId);
    return false;
  }

  /** The user types in the chat no more, through no socket. */
  forget(userId: string, chatId: string): void {
    const chats = this.users.get(userId);
    chats?.delete(chatId);
    if (chats?.size === 0) {
      this.users.delete(userId);
    }
  }
}
