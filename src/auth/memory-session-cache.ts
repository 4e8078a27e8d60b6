import { LRUCache } from 'lru-cache';
import type { Session } from './session.js';
import { SessionCache } from './session-cache.js';

/** For one instance without Redis. Bounded: the least recently used of 50,000 sessions makes room. */
export class MemorySessionCache extends SessionCache {
  private readonly sessions: LRUCache<string, Session>;

  /** @param clock milliseconds, monotonic or not; tests move it by hand */
  constructor(clock: { now(): number } = performance) {
    super();
    this.sessions = new LRUCache({ max: 50_000, perf: clock, ttlResolution: 0 });
  }

  override async get(tokenHash: string): Promise<Session | null> {
    return this.sessions.get(tokenHash) ?? null;
  }

  override async set(tokenHash: string, session: Session, ttlMs: number): Promise<void> {
    if (ttlMs > 0) {
      this.sessions.set(tokenHash, session, { ttl: ttlMs });
    }
  }

  override async delete(tokenHash: string): Promise<void> {
    this.sessions.delete(tokenHash);
  }
}
