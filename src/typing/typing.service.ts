import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { Delivery } from '../delivery/delivery.js';
import { Connections } from '../socket/connections.js';
import { TypingStore } from './typing.store.js';

const SWEEP_INTERVAL_MS = 500;

/** Typing signs. They are decoration: a store that is away degrades them, and never fails a command. */
@Injectable()
export class TypingService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(TypingService.name);
  private readonly ttlMs: number;
  /**
   * User id -> chats where he may be typing through this instance. A message or a disconnect ends those signs without asking
   * the store about the many messages that were sent without one.
   */
  private readonly local = new Map<string, Set<string>>();
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | null = null;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly store: TypingStore,
    private readonly delivery: Delivery,
    private readonly connections: Connections,
  ) {
    this.ttlMs = config.typing.ttlSeconds * 1_000;
  }

  onApplicationBootstrap(): void {
    this.connections.onClosed((userId) => {
      for (const chatId of [...(this.local.get(userId) ?? [])]) {
        void this.stop(chatId, userId);
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

  /** The caller has checked that the user is a member. */
  async start(chatId: string, userId: string): Promise<void> {
    const chats = this.local.get(userId) ?? new Set<string>();
    this.local.set(userId, chats.add(chatId));
    if (await this.attempt(() => this.store.start({ chatId, userId }), true)) {
      this.delivery.typingStarted(chatId, userId, this.ttlMs);
    }
  }

  /** The caller has checked that the user is a member. Never rejects. */
  async stop(chatId: string, userId: string): Promise<void> {
    this.forget(chatId, userId);
    if (await this.attempt(() => this.store.stop({ chatId, userId }), true)) {
      this.delivery.typingStopped(chatId, userId);
    }
  }

  /** A message ends its sender's sign. */
  sent(chatId: string, userId: string): void {
    if (this.local.get(userId)?.has(chatId)) {
      void this.stop(chatId, userId);
    }
  }

  async typistsOf(chatId: string): Promise<string[]> {
    return this.attempt(() => this.store.list(chatId), []);
  }

  private async sweep(): Promise<void> {
    for (const { chatId, userId } of await this.attempt(() => this.store.takeExpired(), [])) {
      this.forget(chatId, userId);
      this.delivery.typingStopped(chatId, userId);
    }
  }

  private forget(chatId: string, userId: string): void {
    const chats = this.local.get(userId);
    chats?.delete(chatId);
    if (chats?.size === 0) {
      this.local.delete(userId);
    }
  }

  private async attempt<T>(action: () => Promise<T>, fallback: T): Promise<T> {
    try {
      return await action();
    } catch (error) {
      this.logger.debug({ err: error }, 'typing store is away');
      return fallback;
    }
  }
}
