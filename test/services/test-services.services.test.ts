import { Redis } from 'ioredis';
import { Client } from 'pg';
import { beforeAll, expect, it } from 'vitest';
import { describeWithServices } from '../support/services/test-services.js';

/** Suites run side by side on one PostgreSQL and one Redis: what one writes must never be seen by another. */
describeWithServices('room in the shared services', (services) => {
  let redis: string;

  beforeAll(() => {
    redis = services.redisUrl();
  });

  it('gives every caller an empty database of its own, and takes it back', async () => {
    const [one, two] = [await services.freshDatabase(), await services.freshDatabase()];
    expect(one.url).not.toBe(two.url);
    const client = new Client({ connectionString: one.url });
    await client.connect();
    const { rows } = await client.query("select count(*)::int as tables from pg_tables where schemaname = 'public'");
    await client.end();

    expect(rows).toEqual([{ tables: 0 }]);
    await one.drop();
    const gone = new Client({ connectionString: one.url });
    await expect(gone.connect()).rejects.toThrow('does not exist');
  });

  it('gives a suite one logical database of Redis, empty and not the default one', async () => {
    const client = new Redis(redis);
    try {
      expect(await client.dbsize()).toBe(0);
    } finally {
      client.disconnect();
    }
    expect(services.redisUrl()).toBe(redis);
    expect(Number(new URL(redis).pathname.slice(1))).toBeGreaterThan(0);
  });

  describeWithServices('and a suite beside it', (beside) => {
    it('never shares a logical database or a channel', () => {
      expect(beside.redisUrl()).not.toBe(redis);
      expect(beside.channelPrefix()).not.toBe(services.channelPrefix());
    });
  });
});
