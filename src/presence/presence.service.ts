import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { OneInFlight } from '../concurrency/one-in-flight.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { ONLINE_USERS_MAX, toWireId, type UserStatus, type Visibility } from '../contract/index.js';
import { REDIS } from '../redis/redis.module.js';
import type { RedisClients } from '../redis/redis-clients.js';
import { Connections } from '../socket/connections.js';
import { OnlineUsers } from './online-users.js';
import { PresenceRepository } from './presence.repository.js';
import { PresenceStore, type UserSockets } from './presence.store.js';
import { CONTACTS_MAX, PresenceAnnouncer } from './presence-announcer.js';
import { UnheardClosures } from './unheard-closures.js';

interface Change {
  userId: string;
  socketId: string;
  opened: boolean;
}

/**
 * Keeps presence true, has its transitions announced to the users who share a chat with the user concerned, and answers
 * who may know what of it.
 *
 * Connections that open and close in one moment go to the store, and to the query for their audience, together: a
 * restart that brings thousands back costs a handful of round trips.
 */
@Injectable()
export class PresenceService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(PresenceService.name);
  /** Connections that closed while the store was away. */
  private readonly unheard = new UnheardClosures();
  private readonly changes = new OneInFlight<Change>({
    handle: (batch) => this.apply(batch),
    onBug: (error) => this.logger.warn({ err: error }, 'presence not updated; the next heartbeat repairs it'),
  });
  private readonly ttlMs: number;
  private timers: NodeJS.Timeout[] = [];
  private background: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CONFIG) config: Config,
    @Inject(REDIS) private readonly redis: RedisClients | null,
    private readonly store: PresenceStore,
    private readonly repository: PresenceRepository,
    private readonly users: OnlineUsers,
    private readonly announcer: PresenceAnnouncer,
    private readonly connections: Connections,
  ) {
    this.ttlMs = config.presence.ttlSeconds * 1_000;
  }

  onApplicationBootstrap(): void {
    this.connections.onOpened((userId, { id }) => {
      this.users.local.add(userId, id);
      this.changes.add({ userId, socketId: id, opened: true });
    });
    this.connections.onClosed((userId, { id }) => {
      this.users.local.remove(userId, id);
      this.changes.add({ userId, socketId: id, opened: false });
    });
    this.timers = [
      setInterval(() => this.inBackground(() => this.renew()), this.ttlMs / 3).unref(),
      setInterval(() => this.inBackground(() => this.sweep()), Math.min(this.ttlMs / 10, 10_000)).unref(),
    ];
    // After an outage the store may have forgotten everybody: do not wait for the heartbeat.
    this.redis?.commands.on('ready', () => this.inBackground(() => this.renew()));
  }

  /** Resolves when every opened or closed connection so far is in the store and announced. */
  async settled(): Promise<void> {
    await this.changes.idle();
  }

  /** Ends the background work; resolves when none is under way. */
  async onModuleDestroy(): Promise<void> {
    for (const timer of this.timers) {
      clearInterval(timer);
    }
    await this.background;
  }

  /**
   * Those of the given users who are connected; while the store is away, those on this instance. The caller sees to it
   * that nobody learns what is not for him.
   */
  async onlineAmong(userIds: readonly string[]): Promise<Set<string>> {
    return this.users.among(userIds);
  }

  /**
   * The online ones among a user's contacts, or among those of `candidates` who are his contacts, as far as they are to
   * be seen by him. Others' presence is none of his business: asking for a stranger gives the same answer as asking for
   * nobody.
   */
  async onlineContacts(userId: string, candidates: readonly string[] | undefined): Promise<string[]> {
    const contacts =
      candidates === undefined
        ? await this.repository.visibleContactsOf(userId, CONTACTS_MAX)
        : await this.repository.visibleContactsAmong(userId, candidates);
    return [...(await this.users.among(contacts))].slice(0, ONLINE_USERS_MAX);
  }

  /**
   * What `viewerId` may know of a user. Strangers and unknown users look like somebody who was never seen, and who has
   * blocked him like somebody who left when he did. Of himself he learns what his contacts see.
   */
  async statusOf(viewerId: string, userId: string): Promise<UserStatus> {
    const known = await this.repository.known(viewerId, userId);
    const online = known !== undefined && !known.invisible && (await this.users.among([userId])).has(userId);
    const lastSeenAt = online ? null : (known?.lastSeenAt?.toISOString() ?? null);
    return { userId: toWireId(userId), online, lastSeenAt };
  }

  /** Sets how a user is seen from now on, on all instances, until he changes it. */
  async setVisibility(userId: string, status: Visibility): Promise<void> {
    await this.announcer.setVisibility(userId, status);
  }

  private async apply(batch: readonly Change[]): Promise<void> {
    // A socket that opened and closed within the batch must not be left in the store: its state now is what counts.
    const opened = batch.filter((change) => change.opened && this.users.local.has(change.userId, change.socketId));
    const closed = batch.filter((change) => !change.opened);
    try {
      if (opened.length > 0) {
        this.announcer.cameOnline(await this.store.touch(byUser(opened)));
      }
    } finally {
      // A touch that failed is repeated by the heartbeat; a removal that is skipped here would be forgotten.
      if (closed.length > 0) {
        await this.remove(closed);
      }
    }
    await this.announcer.announce();
  }

  private async remove(closed: readonly Change[]): Promise<void> {
    try {
      this.announcer.wentOffline(await this.store.remove(byUser(closed)), new Date());
    } catch (error) {
      this.unheard.add(byUser(closed));
      throw error;
    }
  }

  private async renew(): Promise<void> {
    const users = this.users.local.all();
    if (users.length > 0) {
      this.announcer.cameOnline(await this.store.touch(users, 'renewed'));
      this.removeAgain(users);
    }
    await this.announcer.announce();
  }

  /** Sockets that closed while their time was renewed may have been removed before it, and be back. */
  private removeAgain(renewed: readonly UserSockets[]): void {
    for (const { userId, socketIds } of renewed) {
      for (const socketId of socketIds) {
        if (!this.users.local.has(userId, socketId)) {
          this.changes.add({ userId, socketId, opened: false });
        }
      }
    }
  }

  private async sweep(): Promise<void> {
    // The store hands them out in portions, and an instance may have died with very many.
    for (let gone = await this.store.takeExpired(); gone.length > 0; gone = await this.store.takeExpired()) {
      this.announcer.wentOffline(gone, new Date());
    }
    if (this.unheard.size > 0) {
      await this.removeUnheard();
    }
    await this.announcer.announce();
  }

  /**
   * Tells the store what it missed. It may have carried out a removal whose answer was lost, or have come back empty:
   * then it reports nobody as gone, and who is not online any more is.
   */
  private async removeUnheard(): Promise<void> {
    const closed = this.unheard.take();
    const userIds = closed.map(({ userId }) => userId);
    try {
      await this.store.remove(closed);
      const online = await this.store.online(userIds);
      this.announcer.wentOffline(
        userIds.filter((userId) => !online.has(userId)),
        new Date(),
      );
    } catch (error) {
      this.unheard.add(closed);
      throw error;
    }
  }

  /** One background task at a time; a failure is told and leaves the next turn to repair it. */
  private inBackground(task: () => Promise<void>): void {
    this.background = this.background
      .then(task)
      .catch((error: unknown) => this.logger.warn({ err: error }, 'presence upkeep failed; it is tried again soon'));
  }
}

function byUser(changes: readonly Change[]): UserSockets[] {
  const users = new Map<string, string[]>();
  for (const { userId, socketId } of changes) {
    const sockets = users.get(userId);
    if (sockets === undefined) {
      users.set(userId, [socketId]);
    } else {
      sockets.push(socketId);
    }
  }
  return [...users].map(([userId, socketIds]) => ({ userId, socketIds }));
}
