import { randomInt, randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';

export interface TestRedis {
  /** Names a logical database that was empty and that no other test file is given. */
  url: string;
  /** Pub/sub channels cross logical databases, so that these must differ by name: `REDIS_CHANNEL_PREFIX`. */
  channelPrefix: string;
  /** Empties the logical database and gives it back. */
  release(): Promise<void>;
}

/** Logical databases of a Redis that does not tell: its default. */
const DEFAULT_DATABASES = 16;
/** Longer than any run; frees what a killed run held. */
const LEASE_SECONDS = 3_600;

function leaseKey(database: number): string {
  return `chat-test:lease:${database}`;
}

async function countDatabases(client: Redis): Promise<number> {
  try {
    const reply = await client.config('GET', 'databases');
    return Array.isArray(reply) ? Number(reply[1]) : DEFAULT_DATABASES;
  } catch {
    // Hosted Redis refuses CONFIG.
    return DEFAULT_DATABASES;
  }
}

/**
 * Leases an empty logical database, so that test files may run at the same time. One that holds data is left alone: a
 * Redis given by `TEST_REDIS_URL` may be somebody's. Leases are kept in database 0, which is never handed out.
 */
async function lease(client: Redis, holder: string): Promise<number> {
  const count = await countDatabases(client);
  const first = randomInt(0, count - 1);
  for (let step = 0; step < count - 1; step += 1) {
    const database = 1 + ((first + step) % (count - 1));
    await client.select(0);
    if ((await client.set(leaseKey(database), holder, 'EX', LEASE_SECONDS, 'NX')) === null) {
      continue;
    }
    await client.select(database);
    if ((await client.dbsize()) === 0) {
      return database;
    }
    await client.select(0);
    await client.del(leaseKey(database));
  }
  throw new Error(`unable to lease a logical database of Redis; none of 1 to ${count - 1} is both free and empty`);
}

async function withClient<T>(serverUrl: string, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(serverUrl, { lazyConnect: true, retryStrategy: () => null });
  // The failing command tells; without a listener ioredis prints it a second time.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    client.disconnect();
  }
}

export async function leaseTestRedis(serverUrl: string): Promise<TestRedis> {
  const holder = randomUUID();
  const database = await withClient(serverUrl, (client) => lease(client, holder));
  const url = new URL(serverUrl);
  url.pathname = String(database);
  return {
    url: url.href,
    channelPrefix: `chat-test-${holder}`,
    release: () =>
      withClient(serverUrl, async (client) => {
        await client.select(database);
        await client.flushdb();
        await client.select(0);
        await client.del(leaseKey(database));
      }),
  };
}
