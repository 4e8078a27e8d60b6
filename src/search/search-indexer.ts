import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ChatWrites } from '../messages/chat-writes.js';
import { SearchRepository } from './search.repository.js';
import { Sweep } from './sweep.js';

/** Time in which changes collect, so that a lively chat is one row of work and not one for each message. */
const COLLECT_MS = 200;
/** After each step as many times its duration are left to the write path: indexing takes a twentieth of one connection. */
const REST_FACTOR = 19;
/** A step that a stalled database has kept waiting must not put searching off for minutes. */
const REST_MAX_MS = 10_000;
const AFTER_FAILURE_MS = 5_000;
/** How often all chats are looked through for what an instance that died has left undone. */
const SWEEP_INTERVAL_MS = 3_600_000;

const CHATS_PER_STEP = 20;
const MESSAGES_PER_CHAT = 50;
const CHATS_PER_LOOK = 500;
/** Beyond it, chats are not kept in memory, and the next sweep finds them. */
const WAITING_MAX = 100_000;

const FIRST_CHATS_MS = Date.UTC(2026, 0);

/**
 * Keeps the words of messages up to date behind the write path, within seconds of a change.
 *
 * An instance knows the chats it has changed. What it does not know (because an instance died before it got there,
 * because the text search configuration is another one, because the messages are older than searching) a sweep finds: at
 * start, and every hour. Sweeps begin at a random chat and go round, so that instances that start together share the work.
 */
@Injectable()
export class SearchIndexer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(SearchIndexer.name);
  private readonly waiting = new Set<string>();
  private readonly stopping = new AbortController();
  private wake: () => void = () => undefined;
  private running: Promise<void> = Promise.resolve();
  private sweep: Sweep | null = newSweep();
  private timer: NodeJS.Timeout | undefined;
  private failing = false;

  constructor(
    private readonly repository: SearchRepository,
    private readonly writes: ChatWrites,
  ) {}

  onApplicationBootstrap(): void {
    this.writes.onChange((chatId) => this.changed(chatId));
    this.timer = setInterval(() => {
      this.sweep ??= newSweep();
      this.wake();
    }, SWEEP_INTERVAL_MS).unref();
    this.running = this.run();
  }

  /** Resolves when no step is under way any more. */
  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    this.wake();
    await this.running;
  }

  private changed(chatId: string): void {
    if (this.waiting.size < WAITING_MAX) {
      this.waiting.add(chatId);
      this.wake();
    } else {
      this.sweep ??= newSweep();
    }
  }

  /** Never rejects. */
  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      if (this.waiting.size === 0 && this.sweep === null) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        await this.pause(COLLECT_MS);
      }
      await this.pause(await this.stepAndRest());
    }
  }

  /** One step. @returns how long to rest after it, milliseconds */
  private async stepAndRest(): Promise<number> {
    const began = performance.now();
    try {
      await this.step();
      this.failing = false;
      return Math.min((performance.now() - began) * REST_FACTOR, REST_MAX_MS);
    } catch (error) {
      // An outage is told once, by its first failure.
      this.logger[this.failing ? 'debug' : 'warn'](
        { err: error },
        'messages not indexed for searching; tried again soon',
      );
      this.failing = true;
      return AFTER_FAILURE_MS;
    }
  }

  /** What was just written comes first; a sweep goes on when there is nothing of it. */
  private async step(): Promise<void> {
    if (this.waiting.size === 0 && this.sweep !== null) {
      await this.look(this.sweep);
    }
    const chatIds = [...this.waiting].slice(0, CHATS_PER_STEP);
    if (chatIds.length === 0) {
      return;
    }
    for (const chatId of chatIds) {
      this.waiting.delete(chatId);
    }
    try {
      const { unfinished } = await this.repository.index(chatIds, MESSAGES_PER_CHAT);
      for (const chatId of unfinished) {
        this.waiting.add(chatId);
      }
    } catch (error) {
      for (const chatId of chatIds) {
        this.waiting.add(chatId);
      }
      throw error;
    }
  }

  private async look(sweep: Sweep): Promise<void> {
    const seen = await this.repository.dueAfter(sweep.afterId, CHATS_PER_LOOK);
    for (const chatId of seen?.due ?? []) {
      this.waiting.add(chatId);
    }
    if (!sweep.advance(seen?.lastId ?? null)) {
      this.sweep = null;
    }
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }
}

/**
 * A round that begins anywhere. Chat ids begin with the moment of their creation, so a random moment since the first chats
 * there can be lies among them.
 */
function newSweep(): Sweep {
  const moment = Math.floor(FIRST_CHATS_MS + Math.random() * (Date.now() - FIRST_CHATS_MS));
  const hex = moment.toString(16).padStart(12, '0');
  return new Sweep(`${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`);
}
