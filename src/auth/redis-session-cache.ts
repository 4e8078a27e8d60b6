import type { Redis } from 'ioredis';
import { loadLuaScript } from '../redis/lua-script.js';
import { Session } from './session.js';
import { type Cut, type CutsRead, type Recollection, SessionCache } from './session-cache.js';

const CUTS_KEY = 'auth:cuts';
const keyOf = (tokenHash: string): string => `auth:token:${tokenHash}`;

/** An hour more than the longest life that the configuration allows a cached session. */
const CUTS_KEPT_MS = 25 * 3_600_000;
const CUTS_PER_CALL = 1_000;
/** Another service may date its cut by a clock of its own; one that lags behind by less than this is not overlooked. */
const LOOK_BACK_MS = 60_000;

/**
 * Shared by all instances. Positions are the time of Redis's own clock, in milliseconds with a fraction, so the instances'
 * clocks need not agree, and a Redis that lost everything goes on where it was.
 */
export class RedisSessionCache extends SessionCache {
  private readonly recallScript;
  private readonly cutScript;
  private readonly cutsScript;

  constructor(private readonly redis: Redis) {
    super();
    const script = <Reply>(name: string) =>
      loadLuaScript<Reply>(redis, name, new URL(`./${name}.lua`, import.meta.url));
    this.recallScript = script<[string | null, string]>('session-recall');
    this.cutScript = script<string>('session-cut');
    this.cutsScript = script<[string, string[]]>('session-cuts-after');
  }

  override async get(tokenHash: string): Promise<Recollection> {
    const [stored, asOf] = await this.recallScript([keyOf(tokenHash), CUTS_KEY], []);
    return { session: stored === null ? null : parseSession(stored), asOf: Number(asOf) };
  }

  /** One command on one key; Redis ends it by its TTL. */
  override async set(tokenHash: string, session: Session, ttlMs: number): Promise<void> {
    if (ttlMs > 0) {
      await this.redis.set(keyOf(tokenHash), JSON.stringify(session), 'PX', Math.ceil(ttlMs));
    }
  }

  override async cut(userId: string): Promise<number> {
    return Number(await this.cutScript([CUTS_KEY], [userId]));
  }

  override async cutsAfter(position: number): Promise<CutsRead> {
    const cuts: Cut[] = [];
    // Of the first page: a cut made between two pages may be in none of them, and must lie beyond what counts as read.
    let asOf = Number.POSITIVE_INFINITY;
    for (let length = CUTS_PER_CALL, offset = 0; length === CUTS_PER_CALL; offset += CUTS_PER_CALL) {
      const args = [position - LOOK_BACK_MS, offset, CUTS_PER_CALL, CUTS_KEPT_MS];
      const [now, page] = await this.cutsScript([CUTS_KEY], args);
      asOf = Math.min(asOf, Number(now));
      for (let index = 0; index < page.length; index += 2) {
        cuts.push({ userId: page[index] ?? '', at: Number(page[index + 1]) });
      }
      length = page.length / 2;
    }
    return { cuts, asOf };
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
