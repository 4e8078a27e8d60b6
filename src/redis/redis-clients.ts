import { setTimeout as delay } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import type { RedisConfig } from '../config/config.js';

/** Hears of connection trouble; `client` names which connection it was. */
type OnRedisError = (error: Error, client: string) => void;

/** A command that waits longer than this counts as failed: callers have a fallback and a client that waits. */
const COMMAND_TIMEOUT_MS = 2_000;
const CLOSE_TIMEOUT_MS = 1_000;

const reconnectDelayMs = (attempt: number): number => Math.min(50 * 2 ** Math.min(attempt, 6), 2_000);

/**
 * The connections to Redis. While Redis is away, commands fail at once instead of piling up in memory; the connections
 * come back by themselves and subscriptions are renewed.
 */
export class RedisClients {
  /** For stores and limits. Commands of one event loop turn travel in one write. */
  readonly commands: Redis;
  /** For the traffic between instances. What one turn of the event loop publishes travels in one write. */
  readonly publisher: Redis;
  /** For the traffic between instances: a subscribed connection takes no other commands. */
  readonly subscriber: Redis;

  private constructor(config: RedisConfig, onError: OnRedisError) {
    const shared = {
      lazyConnect: true,
      retryStrategy: reconnectDelayMs,
      maxRetriesPerRequest: 0,
      connectTimeout: 5_000,
    } satisfies RedisOptions;
    this.commands = new Redis(config.url, {
      ...shared,
      enableOfflineQueue: false,
      enableAutoPipelining: true,
      commandTimeout: COMMAND_TIMEOUT_MS,
      // A Redis that hangs is given up like one that is gone: commands then fail at once instead of waiting each.
      socketTimeout: COMMAND_TIMEOUT_MS,
    });
    this.publisher = new Redis(config.url, {
      ...shared,
      enableOfflineQueue: false,
      enableAutoPipelining: true,
      socketTimeout: COMMAND_TIMEOUT_MS,
    });
    // Subscriptions are few and must outlive an outage, so these may wait in the queue.
    this.subscriber = new Redis(config.url, { ...shared, maxRetriesPerRequest: null });
    for (const [name, client] of this.named()) {
      client.on('error', (error: Error) => onError(error, name));
    }
  }

  /**
   * Starts the connections and waits for the first outcome of each. Redis being away is no failure: the service lives
   * without it, and `/health/ready` tells.
   */
  static async connect(config: RedisConfig, onError: OnRedisError): Promise<RedisClients> {
    const clients = new RedisClients(config, onError);
    await Promise.allSettled(clients.named().map(([, client]) => client.connect()));
    return clients;
  }

  /** Whether every connection can take commands now. */
  get ready(): boolean {
    return this.named().every(([, client]) => client.status === 'ready');
  }

  /** Sends what is pending, then closes; a Redis that is away is not waited for, one that hangs for a moment only. */
  async close(): Promise<void> {
    await Promise.allSettled(
      this.named().map(async ([, client]) => {
        if (client.status === 'ready') {
          await Promise.race([client.quit(), delay(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
        }
        client.disconnect();
      }),
    );
  }

  private named(): [string, Redis][] {
    return [
      ['commands', this.commands],
      ['publisher', this.publisher],
      ['subscriber', this.subscriber],
    ];
  }
}
