/** A user and some of his sockets on the calling instance. */
export interface UserSockets {
  userId: string;
  socketIds: readonly string[];
}

/**
 * Who is online. A user is online while at least one of his sockets has been touched within the TTL. Coming and going
 * are atomic per user: over all instances, each transition is reported to exactly one caller.
 */
export abstract class PresenceStore {
  /**
   * Adds sockets that opened, or renews the time of sockets that are still there. Only the former change which socket counts
   * as the user's latest.
   *
   * @returns the users who came online by it
   */
  abstract touch(users: readonly UserSockets[], reason?: 'opened' | 'renewed'): Promise<string[]>;
  /** Removes sockets. @returns the users who went offline by it */
  abstract remove(users: readonly UserSockets[]): Promise<string[]>;
  /** @returns those of the given users who are online */
  abstract online(userIds: readonly string[]): Promise<Set<string>>;
  /** Takes out users whose last socket lapsed: their instance died. @returns those users, up to a bounded number */
  abstract takeExpired(): Promise<string[]>;
}
