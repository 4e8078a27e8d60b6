import type { UserSockets } from './presence.store.js';

/** A user whose connection flaps through a long outage must not fill the memory. */
const SOCKETS_PER_USER = 20;

/**
 * Sockets that closed while the store was away. Of each user only the first few are kept: those are the ones that the store
 * knew when it went away; it never heard of what came later, and what it did hear of ends by its TTL.
 */
export class UnheardClosures {
  private users = new Map<string, Set<string>>();

  get size(): number {
    return this.users.size;
  }

  add(closed: readonly UserSockets[]): void {
    for (const { userId, socketIds } of closed) {
      const sockets = this.users.get(userId) ?? new Set<string>();
      this.users.set(userId, sockets);
      for (const socketId of socketIds) {
        if (sockets.size < SOCKETS_PER_USER) {
          sockets.add(socketId);
        }
      }
    }
  }

  /** Hands over everything; who cannot tell it adds it again. */
  take(): UserSockets[] {
    const taken = [...this.users].map(([userId, sockets]) => ({ userId, socketIds: [...sockets] }));
    this.users = new Map();
    return taken;
  }
}
