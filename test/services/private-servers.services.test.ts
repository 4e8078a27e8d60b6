import { existsSync } from 'node:fs';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { afterEach, expect, it, vi } from 'vitest';
import { describeWithPrivateServers } from '../support/services/private-servers.js';

/** The tools of the fault tests: a server that is not really broken would prove nothing about who survives it. */
describeWithPrivateServers('servers that tests break', (servers) => {
  const clients: Client[] = [];

  async function connected(url: string): Promise<Client> {
    const client = new Client({ connectionString: url });
    // Losing the connection is what these tests are about.
    client.on('error', () => undefined);
    clients.push(client);
    await client.connect();
    return client;
  }

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.end()));
  });

  it('PostgreSQL that is killed keeps what it has committed, and comes back on its port', async () => {
    const postgres = await servers.startPostgres();
    const before = await connected(postgres.url);
    await before.query('create table kept (value int)');
    await before.query('insert into kept values (1)');
    const { url, pid } = postgres;

    await postgres.kill();
    await expect(before.query('select 1')).rejects.toThrow();
    await expect(connected(url)).rejects.toThrow();
    await postgres.restart();

    expect(postgres.url).toBe(url);
    expect(postgres.pid).not.toBe(pid);
    const after = await connected(url);
    expect((await after.query('select value from kept')).rows).toEqual([{ value: 1 }]);
  });

  it('PostgreSQL that is paused answers nobody, and all of them once it is resumed', async () => {
    const postgres = await servers.startPostgres();
    const client = await connected(postgres.url);
    let answered = false;

    postgres.pause();
    const answer = client.query('select 1 as one').then(({ rows }) => {
      answered = true;
      return rows;
    });
    const impatient = new Client({ connectionString: postgres.url, connectionTimeoutMillis: 200 });
    await expect(impatient.connect()).rejects.toThrow();

    expect(answered).toBe(false);
    postgres.resume();
    expect(await answer).toEqual([{ one: 1 }]);
  });

  it('Redis that is stopped refuses connections, comes back empty on its port, and leaves no folder', async () => {
    const server = await servers.startRedis();
    const client = new Redis(server.url, { retryStrategy: () => 20 });
    client.on('error', () => undefined);
    try {
      await client.set('key', 'value');
      const folder = folderOf(await client.config('GET', 'dir'));
      expect(existsSync(folder)).toBe(true);

      await server.stop();
      await vi.waitFor(() => expect(client.status).toBe('reconnecting'));
      await server.restart();
      expect(await client.get('key')).toBeNull();

      await server.dispose();
      expect(existsSync(folder)).toBe(false);
    } finally {
      client.disconnect();
    }
  });
});

function folderOf(reply: unknown): string {
  return Array.isArray(reply) ? String(reply[1]) : '';
}
