import { PresenceStore, type UserSockets } from './presence.store.js';

/** For one instance without Redis. */
export class MemoryPresenceStore extends PresenceStore {
  /** User id -> socket id -> expiry in milliseconds. A user is in it exactly while he counts as online. */
  private readonly users = new Map<string, Map<string, number>>();

  /** @param now milliseconds; tests move it by hand */
  constructor(
    private readonly ttlSeconds: number,
    private readonly now: () => number = Date.now,
  ) {
    super();
  }

  override async touch(users: readonly UserSockets[]): Promise<string[]> {
    const expiresAt = this.now() + this.ttlSeconds * 1_000;
    const came: string[] = [];
    for (const { userId, socketIds } of users) {
      let sockets = this.users.get(userId);
      if (sockets === undefined) {
        sockets = new Map();
        this.users.set(userId, sockets);
        came.push(userId);
      }
      for (const socketId of socketIds) {
        sockets.set(socketId, expiresAt);
      }
    }
    return came;
  }

  override async remove(users: readonly UserSockets[]): Promise<string[]> {
    return users.filter(({ userId, socketIds }) => this.drop(userId, socketIds)).map(({ userId }) => userId);
  }

  override async online(userIds: readonly string[]): Promise<Set<string>> {
    return new Set(userIds.filter((userId) => this.users.has(userId)));
  }

  override async takeExpired(): Promise<string[]> {
    return [...this.users.keys()].filter((userId) => this.drop(userId, []));
  }

  /**
   * Removes the given sockets, and those that have lapsed: they do not keep a user online.
   *
   * @returns whether the user's last socket went
   */
  private drop(userId: string, socketIds: readonly string[]): boolean {
    const sockets = this.users.get(userId);
    if (sockets === undefined) {
      return false;
    }
    const now = this.now();
    for (const [socketId, expiresAt] of sockets) {
      if (expiresAt <= now || socketIds.includes(socketId)) {
        sockets.delete(socketId);
      }
    }
    return sockets.size === 0 && this.users.delete(userId);
  }
}
