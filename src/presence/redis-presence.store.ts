import type { Redis } from 'ioredis';
import { loadLuaScript } from '../redis/lua-script.js';
import { PresenceStore, type UserSockets } from './presence.store.js';

const ONLINE_KEY = 'online:users';
const EXPIRY_KEY = 'chat:presence:expiry';

/** Users in one script call: Redis serves nobody else meanwhile, so a call stays well under a millisecond. */
const USERS_PER_CALL = 100;
const MAX_TAKEN = 500;
const IDS_PER_QUERY = 1_000;

/** Shared by all instances; the clock is Redis's own, so the instances' clocks need not agree. */
export class RedisPresenceStore extends PresenceStore {
  private readonly touchScript;
  private readonly removeScript;
  private readonly expireScript;

  constructor(
    private readonly redis: Redis,
    private readonly ttlSeconds: number,
  ) {
    super();
    const script = (name: string) => loadLuaScript<string[]>(redis, name, new URL(`./${name}.lua`, import.meta.url));
    this.touchScript = script('presence-touch');
    this.removeScript = script('presence-remove');
    this.expireScript = script('presence-expire');
  }

  override async touch(users: readonly UserSockets[], reason: 'opened' | 'renewed' = 'opened'): Promise<string[]> {
    return this.inChunks(users, (keys, args) => this.touchScript(keys, [this.ttlSeconds * 1_000, reason, ...args]));
  }

  override async remove(users: readonly UserSockets[]): Promise<string[]> {
    return this.inChunks(users, (keys, args) => this.removeScript(keys, args));
  }

  /** One look-up per id, no scan; several ids per command. */
  override async online(userIds: readonly string[]): Promise<Set<string>> {
    const online = new Set<string>();
    for (let start = 0; start < userIds.length; start += IDS_PER_QUERY) {
      const chunk = userIds.slice(start, start + IDS_PER_QUERY);
      const flags = await this.redis.smismember(ONLINE_KEY, ...chunk);
      for (const [index, userId] of chunk.entries()) {
        if (flags[index] === 1) {
          online.add(userId);
        }
      }
    }
    return online;
  }

  override async takeExpired(): Promise<string[]> {
    return this.expireScript([ONLINE_KEY, EXPIRY_KEY], [MAX_TAKEN]);
  }

  private async inChunks(
    users: readonly UserSockets[],
    run: (keys: string[], args: (string | number)[]) => Promise<string[]>,
  ): Promise<string[]> {
    const changed: string[] = [];
    for (let start = 0; start < users.length; start += USERS_PER_CALL) {
      const chunk = users.slice(start, start + USERS_PER_CALL);
      const keys = chunk.flatMap(({ userId }) => [`user:${userId}:online`, `user:${userId}:sockets`]);
      const args = chunk.flatMap(({ userId, socketIds }) => [userId, socketIds.length, ...socketIds]);
      changed.push(...(await run([ONLINE_KEY, EXPIRY_KEY, ...keys], args)));
    }
    return changed;
  }
}
