import { LRUCache } from 'lru-cache';
import type { Session } from './session.js';
import { type CutsRead, type Recollection, SessionCache } from './session-cache.js';

/** For one instance without Redis. Bounded: the least recently used of 50,000 sessions makes room. */
export class MemorySessionCache extends SessionCache {
  private readonly sessions: LRUCache<string, Session>;
  /** Positions count the cuts. Sessions are deleted too, so one that makes room matters to checks under way only. */
  private readonly cuts = new LRUCache<string, number>({ max: 50_000 });
  private position = 0;

  /** @param clock milliseconds, monotonic or not; tests move it by hand */
  constructor(clock: { now(): number } = performance) {
    super();
    this.sessions = new LRUCache({ max: 50_000, perf: clock, ttlResolution: 0 });
  }

  override async get(tokenHash: string): Promise<Recollection> {
    return { session: this.sessions.get(tokenHash) ?? null, asOf: this.position };
  }

  override async set(tokenHash: string, session: Session, ttlMs: number): Promise<void> {
    if (ttlMs > 0 && session.asOf >= (this.cuts.get(session.userId) ?? 0)) {
      this.sessions.set(tokenHash, session, { ttl: ttlMs });
    }
  }

  override async cut(userId: string): Promise<number> {
    this.position += 1;
    this.cuts.set(userId, this.position);
    for (const [tokenHash, session] of [...this.sessions.entries()]) {
      if (session.userId === userId) {
        this.sessions.delete(tokenHash);
      }
    }
    return this.position;
  }

  override async cutsAfter(position: number): Promise<CutsRead> {
    const cuts = [...this.cuts.entries()].filter(([, at]) => at > position).map(([userId, at]) => ({ userId, at }));
    return { cuts, asOf: this.position };
  }
}
