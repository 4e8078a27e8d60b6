import { Injectable, Logger } from '@nestjs/common';
import { LocalSockets } from './local-sockets.js';
import { PresenceStore } from './presence.store.js';

/** Who is connected, to the best of this instance's knowledge. Whether one may be seen is a matter of the repository. */
@Injectable()
export class OnlineUsers {
  private readonly logger = new Logger(OnlineUsers.name);
  readonly local = new LocalSockets();

  constructor(private readonly store: PresenceStore) {}

  /** Those of the given users who are connected; while the store is away, those on this instance. */
  async among(userIds: readonly string[]): Promise<Set<string>> {
    if (userIds.length === 0) {
      return new Set();
    }
    try {
      return await this.store.online(userIds);
    } catch (error) {
      this.logger.debug({ err: error }, 'presence store is away; answering for this instance');
      return this.local.online(userIds);
    }
  }
}
