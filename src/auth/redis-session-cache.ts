import type { Redis } from 'ioredis';
import { Session } from './session.js';
import { SessionCache } from './session-cache.js';

const keyOf = (tokenHash: string): string => `auth:token:${tokenHash}`;

/** Shared by all instances. Single commands on single keys: atomic by nature; Redis ends each key by its TTL. */
export class RedisSessionCache extends SessionCache {
  constructor(private readonly redis: Redis) {
    super();
  }

  override async get(tokenHash: string): Promise<Session | null> {
    const stored = await this.redis.get(keyOf(tokenHash));
    return stored === null ? null : parseSession(stored);
  }

  override async set(tokenHash: string, session: Session, ttlMs: number): Promise<void> {
    if (ttlMs > 0) {
      await this.redis.set(keyOf(tokenHash), JSON.stringify(session), 'PX', Math.ceil(ttlMs));
    }
  }

  override async delete(tokenHash: string): Promise<void> {
    await this.redis.del(keyOf(tokenHash));
  }
}

/** What an older or newer version wrote in another shape counts as absent: the marketplace is asked again. */
function parseSession(stored: string): Session | null {
  try {
    const parsed = Session.safeParse(JSON.parse(stored));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
