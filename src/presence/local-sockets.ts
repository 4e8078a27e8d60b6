import type { UserSockets } from './presence.store.js';

/** The sockets of this instance by user: what its heartbeat renews, and what it answers with while Redis is away. */
export class LocalSockets {
  private readonly users = new Map<string, Set<string>>();

  add(userId: string, socketId: string): void {
    const sockets = this.users.get(userId);
    if (sockets === undefined) {
      this.users.set(userId, new Set([socketId]));
    } else {
      sockets.add(socketId);
    }
  }

  remove(userId: string, socketId: string): void {
    const sockets = this.users.get(userId);
    sockets?.delete(socketId);
    if (sockets?.size === 0) {
      this.users.delete(userId);
    }
  }

  has(userId: string, socketId: string): boolean {
    return this.users.get(userId)?.has(socketId) ?? false;
  }

  online(userIds: readonly string[]): Set<string> {
    return new Set(userIds.filter((userId) => this.users.has(userId)));
  }

  all(): UserSockets[] {
    return [...this.users].map(([userId, sockets]) => ({ userId, socketIds: [...sockets] }));
  }
}
