import type { Redis } from 'ioredis';
import { loadLuaScript } from '../redis/lua-script.js';
import { TypingStore, type Typist } from './typing.store.js';

const EXPIRY_KEY = 'chat:typing:expiry';
const MAX_TAKEN = 500;

const listKey = (chatId: string): string => `chat:${chatId}:typing`;
const keysOf = ({ chatId, userId }: Typist): string[] => [`${listKey(chatId)}:${userId}`, listKey(chatId), EXPIRY_KEY];

/** Shared by all instances; the clock is Redis's own, so the instances' clocks need not agree. */
export class RedisTypingStore extends TypingStore {
  private readonly startScript;
  private readonly stopScript;
  private readonly expireScript;

  constructor(
    private readonly redis: Redis,
    private readonly ttlSeconds: number,
  ) {
    super();
    const script = <Reply>(name: string) =>
      loadLuaScript<Reply>(redis, name, new URL(`./${name}.lua`, import.meta.url));
    this.startScript = script<0 | 1>('typing-start');
    this.stopScript = script<0 | 1>('typing-stop');
    this.expireScript = script<string[]>('typing-expire');
  }

  override async start(typist: Typist): Promise<boolean> {
    const ttlMs = this.ttlSeconds * 1_000;
    return (await this.startScript(keysOf(typist), [typist.chatId, typist.userId, ttlMs])) === 1;
  }

  override async stop(typist: Typist): Promise<boolean> {
    return (await this.stopScript(keysOf(typist), [typist.chatId, typist.userId])) === 1;
  }

  /** Reads the list past what has lapsed by Redis's clock. Two commands: a sign that lapses between them is listed. */
  override async list(chatId: string): Promise<string[]> {
    const [seconds, microseconds] = await this.redis.time();
    const now = Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
    return this.redis.zrangebyscore(listKey(chatId), `(${now}`, '+inf');
  }

  override async takeExpired(): Promise<Typist[]> {
    const entries = await this.expireScript([EXPIRY_KEY], [MAX_TAKEN]);
    // Chat ids are UUIDs and hold no colon; user ids may.
    return entries.map((entry) => {
      const colon = entry.indexOf(':');
      return { chatId: entry.slice(0, colon), userId: entry.slice(colon + 1) };
    });
  }
}
