import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { Delivery } from '../delivery/delivery.js';
import { ChatAudience } from '../members/chat-audience.js';
import { MembersRepository } from '../members/members.repository.js';
import { Connections } from '../socket/connections.js';
import { TypingStore } from './typing.store.js';
import { TypingSockets } from './typing-sockets.js';

const SWEEP_INTERVAL_MS = 500;
/** Longest wait for the answer whether a block stands: a database that is away does not stop the signs. */
const BLOCK_CHECK_MS = 500;

/** Typing signs. They are decoration: a store that is away degrades them, and never fails a command. */
@Injectable()
export class TypingService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(TypingService.name);
  private readonly ttlMs: number;
  /** A message or a disconnect ends signs without asking the store about the many messages that were sent without one. */
  private readonly local = new TypingSockets();
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | null = null;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly store: TypingStore,
    private readonly audience: ChatAudience,
    private readonly members: MembersRepository,
    private readonly delivery: Delivery,
    private readonly connections: Connections,
  ) {
    this.ttlMs = config.typing.ttlSeconds * 1_000;
  }

  onApplicationBootstrap(): void {
    this.connections.onClosed((userId, { id }) => {
      for (const chatId of this.local.chatsOf(userId, id)) {
        void this.stop(chatId, userId, id);
      }
    });
    this.timer = setInterval(() => {
      this.sweeping ??= this.sweep().finally(() => {
        this.sweeping = null;
      });
    }, SWEEP_INTERVAL_MS).unref();
  }

  /** Ends the background work; resolves when none is under way. */
  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  /** The caller has checked that the user is a member. No sign is shown across a block. */
  async start(chatId: string, userId: string, socketId: string): Promise<void> {
    const stood = this.local.has(userId, chatId);
    this.local.set(userId, chatId, socketId, performance.now() + this.ttlMs);
    if (!(await this.attempt(() => this.store.start({ chatId, userId }), true))) {
      return;
    }
    if (await this.isBlocked(chatId, userId)) {
      await this.takeBack(chatId, userId, stood);
      return;
    }
    // Otherwise it has ended meanwhile, and nobody would ever end what is shown now.
    if (this.local.has(userId, chatId)) {
      await this.announce(chatId, (removed) => {
        // A socket that this instance has yet to take out of the room passes for a member's.
        if (!removed.includes(userId)) {
          this.delivery.typingStarted(chatId, userId, this.ttlMs, removed);
        }
      });
    }
  }

  /** The caller has checked that the user is a member. The sign stays while another socket keeps it up. Never rejects. */
  async stop(chatId: string, userId: string, socketId: string): Promise<void> {
    if (!this.local.remove(userId, chatId, socketId, performance.now())) {
      await this.end(chatId, userId);
    }
  }

  /** A message ends its sender's sign. */
  sent(chatId: string, userId: string): void {
    if (this.local.has(userId, chatId)) {
      void this.end(chatId, userId);
    }
  }

  /** Ends the user's sign, whichever of his sockets keep it up. Never rejects. */
  async end(chatId: string, userId: string): Promise<void> {
    this.local.forget(userId, chatId);
    if (await this.attempt(() => this.store.stop({ chatId, userId }), true)) {
      await this.announceStop(chatId, userId);
    }
  }

  async typistsOf(chatId: string): Promise<string[]> {
    return this.attempt(() => this.store.list(chatId), []);
  }

  /** @param shown whether others have seen the sign, because the block came later: only then do they see it end */
  private async takeBack(chatId: string, userId: string, shown: boolean): Promise<void> {
    this.local.forget(userId, chatId);
    if ((await this.attempt(() => this.store.stop({ chatId, userId }), false)) && shown) {
      await this.announceStop(chatId, userId);
    }
  }

  /** Asked once for each sign that is about to be shown, and not for each key stroke. */
  private async isBlocked(chatId: string, userId: string): Promise<boolean> {
    const standing = await Promise.race([
      this.attempt(() => this.members.standing(chatId, userId), undefined),
      delay(BLOCK_CHECK_MS, undefined, { ref: false }),
    ]);
    return standing !== undefined && (standing.blockedByPeer || standing.blocksPeer);
  }

  private async sweep(): Promise<void> {
    for (const { chatId, userId } of await this.attempt(() => this.store.takeExpired(), [])) {
      this.local.forget(userId, chatId);
      void this.announceStop(chatId, userId);
    }
  }

  private announceStop(chatId: string, userId: string): Promise<void> {
    return this.announce(chatId, (removed) => this.delivery.typingStopped(chatId, userId, removed));
  }

  /** Resolves when the sign is shown, or cannot be because the chat's members are out of reach. */
  private announce(chatId: string, emit: (removed: readonly string[]) => void): Promise<void> {
    return new Promise((resolve) => {
      const show = (removed: readonly string[]): void => {
        emit(removed);
        resolve();
      };
      this.audience.address(chatId, null, show, resolve);
    });
  }

  private async attempt<T>(action: () => Promise<T>, fallback: T): Promise<T> {
    try {
      return await action();
    } catch (error) {
      this.logger.debug({ err: error }, 'a store is away; typing signs are shown as far as they can be');
      return fallback;
    }
  }
}
