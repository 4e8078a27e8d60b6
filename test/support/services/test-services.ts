import { afterAll, beforeAll, describe, inject } from 'vitest';
import type {} from './global-setup.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';
import { leaseTestRedis, type TestRedis } from './test-redis.js';

/** One suite's room in the run's PostgreSQL and Redis. For use in hooks and tests, not while tests are collected. */
export interface TestServices {
  /** A new empty database; dropped with the suite where the test does not do so. */
  freshDatabase(): Promise<TestDatabase>;
  /** A logical database that is this suite's alone, empty at its start; the same at every call. */
  redisUrl(): string;
  /** For `REDIS_CHANNEL_PREFIX`: pub/sub channels are not kept apart by logical databases. */
  channelPrefix(): string;
}

/**
 * A suite on real PostgreSQL and Redis. Where there are none it is skipped; the run has said why, once. With `CI=true` such
 * a run fails before any test.
 */
export function describeWithServices(name: string, body: (services: TestServices) => void): void {
  const provided = inject('services');
  describe.skipIf(provided.kind === 'skipped')(name, () => {
    const databases: TestDatabase[] = [];
    let redis: TestRedis | null = null;

    function servers() {
      if (provided.kind === 'skipped') {
        throw new Error(`unable to use services; ${provided.line}`);
      }
      return provided;
    }

    function leased(): TestRedis {
      if (redis === null) {
        throw new Error('unable to name the Redis of this suite; it is known in hooks and tests only');
      }
      return redis;
    }

    beforeAll(async () => {
      redis = await leaseTestRedis(servers().redisUrl);
    });

    // Registered before the suite's own, hence run after them: by then its connections are closed.
    afterAll(async () => {
      await Promise.all([...databases.map((database) => database.drop()), redis?.release()]);
    });

    body({
      freshDatabase: async () => {
        const database = await createTestDatabase(servers().postgresUrl);
        databases.push(database);
        return database;
      },
      redisUrl: () => leased().url,
      channelPrefix: () => leased().channelPrefix,
    });
  });
}
