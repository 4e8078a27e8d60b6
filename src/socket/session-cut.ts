import { Injectable, Logger } from '@nestjs/common';
import { SessionCuts } from '../auth/session-cuts.js';
import { ChatError } from '../contract/index.js';
import type { ChatSocket } from '../delivery/chat-socket.js';
import { Delivery } from '../delivery/delivery.js';

/** What a socket is told whose user was cut off. */
export const sessionEnded = (): ChatError =>
  new ChatError('TOKEN_INVALID', 'stay connected', 'your sessions were ended; log in at the marketplace again');

/** Cutting users off: their cached sessions count no more, their sockets are closed on all instances. */
@Injectable()
export class SessionCut {
  private readonly logger = new Logger(SessionCut.name);

  constructor(
    private readonly cuts: SessionCuts,
    private readonly delivery: Delivery,
  ) {}

  /** Closes the sockets of cut users from now on, by whatever way a cut becomes known. */
  begin(): void {
    this.cuts.onCut(({ userId }) => this.closeSockets(userId));
    this.delivery.onCutElsewhere(() => this.cuts.look());
  }

  /**
   * Ends all sessions that a user has now, whatever their tokens say. Resolves when the cut stands and his sockets are closed
   * on every instance that can be reached; one that cannot closes them by itself within a second of being back. Nobody's
   * token is forbidden by it: who connects again is checked by the marketplace anew, so take the user's tokens back there first.
   *
   * Does not authorise: the caller is the service itself, or a route that has checked its own key.
   *
   * @throws ChatError `UNAVAILABLE` when Redis is out of reach; then nothing has changed
   */
  async cut(userId: string): Promise<void> {
    try {
      await this.cuts.cut(userId);
    } catch (cause) {
      throw new ChatError('UNAVAILABLE', 'cut sessions', 'Redis is out of reach; try again soon', { cause });
    }
    try {
      await this.delivery.tellCut();
    } catch (error) {
      this.logger.warn({ err: error }, 'not every instance has confirmed a cut; the others find it by themselves');
    }
  }

  /** Sockets that were let in after the cut stay. */
  private closeSockets(userId: string): void {
    for (const socket of this.delivery.socketsHere(userId)) {
      if (socket.data.session !== undefined && this.cuts.covers(socket.data.session)) {
        this.close(socket);
      }
    }
  }

  private close(socket: ChatSocket): void {
    this.delivery.refused(socket, sessionEnded());
    socket.disconnect(true);
  }
}
