import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { close, listen } from '../../../demo/http-listener.js';
import { startService } from '../../../src/application.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { ChildService } from '../../support/process/child-service.js';
import { describeWithPrivateServers } from '../../support/services/private-servers.js';

/** Connections of others than the asking client. */
async function redisConnections(url: string): Promise<number> {
  const client = new Redis(url);
  try {
    const list = await client.client('LIST');
    return String(list).trim().split('\n').length - 1;
  } finally {
    client.disconnect();
  }
}

async function postgresConnections(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      "select pid from pg_stat_activity where application_name = 'marketplace-message-service'",
    );
    return rows.length;
  } finally {
    await client.end();
  }
}

describeWithPrivateServers('a start that fails', (servers) => {
  const environment = (postgres: string, redis: string, port = 0) => ({
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: String(port),
    LOG_LEVEL: 'silent',
    DATABASE_URL: postgres,
    REDIS_URL: redis,
  });

  it('because PostgreSQL is away says so, and leaves no connection behind', async () => {
    const [postgres, redis] = await Promise.all([servers.startPostgres(), servers.startRedis()]);
    await postgres.stop();
    const { config } = loadConfig(environment(postgres.url, redis.url));

    await expect(startService(config)).rejects.toThrow('unable to start; the database cannot be reached');

    expect(await redisConnections(redis.url)).toBe(0);
  });

  it('because PostgreSQL is away ends the process with code 1 and a reason', async () => {
    const [postgres, redis] = await Promise.all([servers.startPostgres(), servers.startRedis()]);
    await postgres.stop();

    const child = await ChildService.spawn(environment(postgres.url, redis.url));

    expect(await child.ended).toEqual({ code: 1, signal: null });
    expect(child.output).toContain('unable to start; the database cannot be reached');
  });

  it('because its port is taken leaves no connection behind', async () => {
    const [postgres, redis] = await Promise.all([servers.startPostgres(), servers.startRedis()]);
    const holder = createServer();
    const port = await listen(holder, '127.0.0.1', 0);
    try {
      const { config } = loadConfig(environment(postgres.url, redis.url, port));

      await expect(startService(config)).rejects.toThrow(/EADDRINUSE/);

      await expect.poll(() => redisConnections(redis.url)).toBe(0);
      await expect.poll(() => postgresConnections(postgres.url)).toBe(0);
    } finally {
      await close(holder);
    }
  });
});
