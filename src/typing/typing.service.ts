import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { CONFIG } from '../config/config.module.js';
import { Delivery } from '../delivery/delivery.js';
import { TypingStore } from './typing.store.js';

const SWEEP_INTERVAL_MS = 500;

/** Typing signs. They are decoration: a store that is away degrades them, and never fails a command. */
@Injectable()
export class TypingService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(TypingService.name);
  private readonly ttlMs: number;
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> | null = null;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly store: TypingStore,
    private readonly delivery: Delivery,
  ) {
    this.ttlMs = config.typing.ttlSeconds * 1_000;
  }

  onApplicationBootstrap(): void {
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
    if (await this.attempt(() => this.store.start({ chatId, userId }), true)) {
      this.delivery.typingStarted(chatId, userId, this.ttlMs);
    }
  }

  /** The caller has checked that the user is a member. */
  async stop(chatId: string, userId: string): Promise<void> {
    if (await this.attempt(() => this.store.stop({ chatId, userId }), true)) {
      this.delivery.typingStopped(chatId, userId);
    }
  }

  async typistsOf(chatId: string): Promise<string[]> {
    return this.attempt(() => this.store.list(chatId), []);
  }

  private async sweep(): Promise<void> {
    for (const { chatId, userId } of await this.attempt(() => this.store.takeExpired(), [])) {
      this.delivery.typingStopped(chatId, userId);
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
