import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { OneInFlight } from '../concurrency/one-in-flight.js';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { ONLINE_USERS_MAX } from '../contract/index.js';
import { Delivery } from '../delivery/delivery.js';
import { MembersRepository } from '../members/members.repository.js';
import { REDIS } from '../redis/redis.module.js';
import type { RedisClients } from '../redis/redis-clients.js';
import { Connections } from '../socket/connections.js';
import { LocalSockets } from './local-sockets.js';
import { PresenceStore, type UserSockets } from './presence.store.js';
import { UnheardClosures } from './unheard-closures.js';
import { UntoldTransitions } from './untold-transitions.js';

/** Contacts of one user that are looked at; beyond it, which of them hear of him is arbitrary. */
const CONTACTS_MAX = 20_000;

interface Change {
  userId: string;
  socketId: string;
  opened: boolean;
}

/**
 * Keeps presence true and announces its transitions to the users who share a chat with the user concerned.
 *
 * Connections that open and close in one moment go to the store, and to the query for their audience, together: a
 * restart that brings thousands back costs a handful of round trips.
 */
@Injectable()
export class PresenceService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(PresenceService.name);
  private readonly local = new LocalSockets();
  private readonly untold = new UntoldTransitions();
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
    private readonly members: MembersRepository,
    private readonly delivery: Delivery,
    private readonly connections: Connections,
  ) {
    this.ttlMs = config.presence.ttlSeconds * 1_000;
  }

  onApplicationBootstrap(): void {
    this.connections.onOpened((userId, { id }) => {
      this.local.add(userId, id);
      this.changes.add({ userId, socketId: id, opened: true });
    });
    this.connections.onClosed((userId, { id }) => {
      this.local.remove(userId, id);
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

  /** Those of the given users who are online; while the store is away, those on this instance. */
  async onlineAmong(userIds: readonly string[]): Promise<Set<string>> {
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

  /**
   * The online ones among a user's contacts, or among those of `candidates` who are his contacts. Others' presence is
   * none of his business: asking for a stranger gives the same answer as asking for nobody.
   */
  async onlineContacts(userId: string, candidates: readonly string[] | undefined): Promise<string[]> {
    const contacts =
      candidates === undefined
        ? ((await this.members.contactsOf([userId], CONTACTS_MAX)).get(userId) ?? [])
        : await this.members.contactsAmong(userId, candidates);
    return [...(await this.onlineAmong(contacts))].slice(0, ONLINE_USERS_MAX);
  }

  private async apply(batch: readonly Change[]): Promise<void> {
    // A socket that opened and closed within the batch must not be left in the store: its state now is what counts.
    const opened = batch.filter((change) => change.opened && this.local.has(change.userId, change.socketId));
    const closed = batch.filter((change) => !change.opened);
    try {
      if (opened.length > 0) {
        this.untold.cameOnline(await this.store.touch(byUser(opened)));
      }
    } finally {
      // A touch that failed is repeated by the heartbeat; a removal that is skipped here would be forgotten.
      if (closed.length > 0) {
        await this.remove(closed);
      }
    }
    await this.announce();
  }

  private async remove(closed: readonly Change[]): Promise<void> {
    try {
      this.untold.wentOffline(await this.store.remove(byUser(closed)), new Date());
    } catch (error) {
      this.unheard.add(byUser(closed));
      throw error;
    }
  }

  private async renew(): Promise<void> {
    const users = this.local.all();
    if (users.length > 0) {
      this.untold.cameOnline(await this.store.touch(users, 'renewed'));
      this.removeAgain(users);
    }
    await this.announce();
  }

  /** Sockets that closed while their time was renewed may have been removed before it, and be back. */
  private removeAgain(renewed: readonly UserSockets[]): void {
    for (const { userId, socketIds } of renewed) {
      for (const socketId of socketIds) {
        if (!this.local.has(userId, socketId)) {
          this.changes.add({ userId, socketId, opened: false });
        }
      }
    }
  }

  private async sweep(): Promise<void> {
    // The store hands them out in portions, and an instance may have died with very many.
    for (let gone = await this.store.takeExpired(); gone.length > 0; gone = await this.store.takeExpired()) {
      this.untold.wentOffline(gone, new Date());
    }
    if (this.unheard.size > 0) {
      await this.removeUnheard();
    }
    await this.announce();
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
      this.untold.wentOffline(
        userIds.filter((userId) => !online.has(userId)),
        new Date(),
      );
    } catch (error) {
      this.unheard.add(closed);
      throw error;
    }
  }

  /** What cannot be told now is told at a later turn of the upkeep. */
  private async announce(): Promise<void> {
    const transitions = this.untold.take();
    try {
      for (const [userId, audience] of await this.audiences([...transitions.keys()])) {
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

  /** For each user, the contacts who are online to hear of him. */
  private async audiences(userIds: readonly string[]): Promise<[string, string[]][]> {
    if (userIds.length === 0) {
      return [];
    }
    const contacts = await this.members.contactsOf(userIds, CONTACTS_MAX);
    const online = await this.onlineAmong([...new Set([...contacts.values()].flat())]);
    return [...contacts].map(([userId, ids]) => [userId, ids.filter((id) => online.has(id))]);
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
