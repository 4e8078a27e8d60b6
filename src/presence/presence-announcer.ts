import { Injectable } from '@nestjs/common';
import type { Visibility } from '../contract/index.js';
import { Delivery } from '../delivery/delivery.js';
import { OnlineUsers } from './online-users.js';
import { PresenceRepository } from './presence.repository.js';
import { UntoldTransitions } from './untold-transitions.js';

/** Contacts of one user that are looked at; beyond it, which of them hear of him is arbitrary. */
export const CONTACTS_MAX = 20_000;

/**
 * Tells users' contacts of them: who came, who went, who wishes to be seen or not.
 *
 * One thing at a time, because a user may come online and turn invisible in one moment: an announcement that looked up
 * its audience before the change would otherwise be sent after it, and stand for good.
 */
@Injectable()
export class PresenceAnnouncer {
  private readonly untold = new UntoldTransitions();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly repository: PresenceRepository,
    private readonly online: OnlineUsers,
    private readonly delivery: Delivery,
  ) {}

  cameOnline(userIds: readonly string[]): void {
    this.untold.cameOnline(userIds);
  }

  wentOffline(userIds: readonly string[], lastSeenAt: Date): void {
    this.untold.wentOffline(userIds, lastSeenAt);
  }

  /** Tells all transitions that were not told yet. What fails is kept, to be told at a later call. */
  async announce(): Promise<void> {
    await this.inTurn(() => this.announceAll());
  }

  /**
   * Sets whether a user is to be seen, tells his own devices, and those of his contacts who are online and would see a
   * difference.
   */
  async setVisibility(userId: string, status: Visibility): Promise<void> {
    await this.inTurn(async () => {
      const changed = status === 'invisible' ? await this.hide(userId) : await this.show(userId);
      if (changed) {
        this.delivery.statusUpdated(userId, status);
      }
    });
  }

  private async announceAll(): Promise<void> {
    const transitions = this.untold.take();
    if (transitions.size === 0) {
      return;
    }
    try {
      const gone = [...transitions].filter((entry): entry is [string, Date] => entry[1] !== null);
      if (gone.length > 0) {
        await this.repository.sawLast(new Map(gone));
      }
      for (const [userId, audience] of await this.audiencesOf([...transitions.keys()])) {
        const lastSeenAt = transitions.get(userId);
        if (lastSeenAt instanceof Date) {
          this.delivery.userOffline(audience, userId, lastSeenAt);
        } else {
          this.delivery.userOnline(audience, userId);
        }
      }
    } catch (error) {
      this.untold.restore(transitions);
      throw error;
    }
  }

  /** The audience is looked up before the change: after it, there is none. */
  private async hide(userId: string): Promise<boolean> {
    const now = (await this.online.among([userId])).has(userId) ? new Date() : null;
    const audience = now === null ? [] : await this.audienceOf(userId);
    const changed = await this.repository.hide(userId, now);
    if (changed && now !== null) {
      this.delivery.userOffline(audience, userId, now);
    }
    return changed;
  }

  private async show(userId: string): Promise<boolean> {
    const changed = await this.repository.show(userId);
    if (changed && (await this.online.among([userId])).has(userId)) {
      this.delivery.userOnline(await this.audienceOf(userId), userId);
    }
    return changed;
  }

  private async audienceOf(userId: string): Promise<string[]> {
    const [entry] = await this.audiencesOf([userId]);
    return entry?.[1] ?? [];
  }

  /** For each user who may be seen, the contacts who are online to hear of him. */
  private async audiencesOf(userIds: readonly string[]): Promise<[string, string[]][]> {
    const audiences = await this.repository.audiencesOf(userIds, CONTACTS_MAX);
    const online = await this.online.among([...new Set([...audiences.values()].flat())]);
    return [...audiences].map(([userId, ids]) => [userId, ids.filter((id) => online.has(id))]);
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.turn.then(work);
    this.turn = turn.catch(() => undefined);
    return turn;
  }
}
