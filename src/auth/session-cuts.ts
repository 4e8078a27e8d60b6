import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Session } from './session.js';
import { type Cut, SessionCache } from './session-cache.js';

const LOOK_INTERVAL_MS = 1_000;

type CutListener = (cut: Cut) => void;

/**
 * What this instance knows of cut users. The cuts are read from the cache again and again: then one is missed neither because
 * a message between instances was lost, nor because Redis was away, nor because another service made it.
 */
@Injectable()
export class SessionCuts implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(SessionCuts.name);
  /** Of each user the latest. One that makes room has long been told to the listeners. */
  private readonly known = new LRUCache<string, number>({ max: 50_000 });
  private readonly listeners: CutListener[] = [];
  /**
   * How far the cuts were read, and how far they are known, which is further after one made here. Neither stays beyond the
   * cache's own time: by a cut that another service dated ahead, or a clock that was set back, all that follow would be hidden.
   */
  private position = 0;
  private latest = 0;
  private looking: Promise<void> = Promise.resolve();
  private busy = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly cache: SessionCache) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      // A Redis that hangs must not collect a queue of looks.
      if (this.busy === 0) {
        this.look().catch((error: unknown) => this.logger.debug({ err: error }, 'cuts not read; soon again'));
      }
    }, LOOK_INTERVAL_MS).unref();
  }

  /** Ends the background work; resolves when none is under way. */
  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.looking.catch(() => undefined);
  }

  /** Hears of every cut, whoever made it, at most once each. */
  onCut(listener: CutListener): void {
    this.listeners.push(listener);
  }

  /** The latest cut known here, unless it is dated ahead: the position of a check that begins now, where the cache cannot be asked for it. */
  get seen(): number {
    return this.latest;
  }

  /** Whether a session ended by a cut that is known here. */
  covers({ userId, asOf }: Session): boolean {
    return asOf < (this.known.get(userId) ?? Number.NEGATIVE_INFINITY);
  }

  /** Cuts a user off; resolves when that stands, and this instance has acted on it. @throws when the cache is away */
  async cut(userId: string): Promise<void> {
    const at = await this.cache.cut(userId);
    this.latest = Math.max(this.latest, at);
    this.learn({ userId, at });
  }

  /** Reads what is new, after looks that are under way, which may be too early. @throws when the cache is away */
  look(): Promise<void> {
    this.busy += 1;
    const look = this.looking
      .catch(() => undefined)
      .then(() => this.read())
      .finally(() => {
        this.busy -= 1;
      });
    this.looking = look;
    return look;
  }

  private async read(): Promise<void> {
    const { cuts, asOf } = await this.cache.cutsAfter(this.position);
    for (const cut of cuts) {
      this.position = Math.max(this.position, cut.at);
      this.latest = Math.max(this.latest, cut.at);
      this.learn(cut);
    }
    this.position = Math.min(this.position, asOf);
    this.latest = Math.min(this.latest, asOf);
  }

  private learn(cut: Cut): void {
    if (cut.at > (this.known.get(cut.userId) ?? Number.NEGATIVE_INFINITY)) {
      this.known.set(cut.userId, cut.at);
      for (const listener of this.listeners) {
        listener(cut);
      }
    }
  }
}
