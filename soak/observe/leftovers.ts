import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { decodeFrame, encodeBeat } from '../../src/cluster/frame.js';

const ROOMS_TIMEOUT_MS = 5_000;
/** Keys that outlive their users on purpose; each must carry an expiry. */
const CACHES = ['auth:token:', 'chat:rate:'];

/** Finds what a crowd that has left should have taken along: keys in Redis, and rooms in the instances. */
export class Leftovers {
  private constructor(
    private readonly redis: Redis,
    private readonly channelPrefix: string,
    private readonly baseline: ReadonlySet<string>,
  ) {}

  /** @param redisUrl what it holds now is the base line */
  static async from(redisUrl: string, channelPrefix: string): Promise<Leftovers> {
    const redis = new Redis(redisUrl);
    return new Leftovers(redis, channelPrefix, new Set(await keysOf(redis)));
  }

  /** Keys beyond the base line that nobody who is away should have. */
  async keys(): Promise<string[]> {
    const added = (await keysOf(this.redis)).filter((key) => !this.baseline.has(key));
    const lasting: string[] = [];
    for (const key of added) {
      const isCache = CACHES.some((prefix) => key.startsWith(prefix));
      // -2: it has expired meanwhile.
      const ttl = isCache ? await this.redis.pttl(key) : -1;
      if (ttl === -1) {
        lasting.push(key);
      }
    }
    return lasting;
  }

  /**
   * What every instance wants to hear of: its rooms, and its users who have joined with all of their sockets. Asked the
   * way a starting instance asks.
   *
   * @throws Error when fewer instances than expected answer
   */
  async rooms(instances: number): Promise<string[]> {
    const id = randomUUID();
    const listener = this.redis.duplicate();
    const wanted = new Map<string, string[]>();
    listener.on('messageBuffer', (_channel: Buffer, message: Buffer) => {
      const frame = decodeFrame(message);
      if (frame?.complete) {
        wanted.set(frame.from, frame.add);
      }
    });
    try {
      await listener.subscribe(`${this.channelPrefix}:to:${id}`);
      await this.say({ from: id, kind: 'start', sent: {} });
      const deadline = performance.now() + ROOMS_TIMEOUT_MS;
      while (wanted.size < instances && performance.now() < deadline) {
        await delay(20);
      }
      // Without these numbers the goodbye would look like that of one whose words were lost.
      await this.say({ from: id, kind: 'bye', sent: Object.fromEntries([...wanted.keys()].map((peer) => [peer, 0])) });
    } finally {
      listener.disconnect();
    }
    if (wanted.size < instances) {
      throw new Error(`unable to ask for rooms; ${wanted.size} of ${instances} instances answered`);
    }
    return [...wanted.values()].flat();
  }

  stop(): void {
    this.redis.disconnect();
  }

  private async say(beat: Parameters<typeof encodeBeat>[0]): Promise<void> {
    await this.redis.publish(`${this.channelPrefix}:all`, encodeBeat(beat));
  }
}

async function keysOf(redis: Redis): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of redis.scanStream({ count: 1_000 })) {
    keys.push(...(page as string[]));
  }
  return keys;
}
