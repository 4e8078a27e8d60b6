import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { expect, vi } from 'vitest';
import { FaultyMarketplace } from '../marketplace/faulty-marketplace.js';
import type { PrivateServers } from '../services/private-servers.js';
import type { ServerProcess } from '../services/server-process.js';
import { FaultProxy } from './fault-proxy.js';
import { expectNothingLostOrDoubled } from './invariant.js';
import { LoggedClient, type LoggedClientOptions } from './logged-client.js';
import { ServiceInstance } from './service-instance.js';

interface FaultChatOptions {
  /** How many instances. Default 2. */
  instances?: number;
  /** Environment variables over the defaults. */
  env?: Record<string, string>;
}

/** A chat and its members. */
export interface Conversation {
  chatId: string;
  userIds: number[];
}

/**
 * A whole deployment of its own, to be broken: PostgreSQL, Redis, a marketplace, instances in processes of their own, and
 * a network to fail before each of them.
 */
export class FaultChat {
  readonly clients: LoggedClient[] = [];
  readonly gone: LoggedClient[] = [];
  private lastUserId = 0;

  private constructor(
    readonly postgres: ServerProcess,
    readonly redis: ServerProcess,
    readonly marketplace: FaultyMarketplace,
    /** What clients connect to: all instances in turn. */
    readonly entrance: FaultProxy,
    readonly toPostgres: FaultProxy,
    readonly toRedis: FaultProxy,
    readonly instances: readonly ServiceInstance[],
  ) {}

  static async start(servers: PrivateServers, { instances = 2, env = {} }: FaultChatOptions = {}): Promise<FaultChat> {
    const [postgres, redis, marketplace] = await Promise.all([
      servers.startPostgres(),
      servers.startRedis(),
      FaultyMarketplace.start(),
    ]);
    const toPostgres = await FaultProxy.start([portOf(postgres.url)]);
    const toRedis = await FaultProxy.start([portOf(redis.url)]);
    const environment = {
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      DATABASE_URL: throughPort(postgres.url, toPostgres.port),
      REDIS_URL: throughPort(redis.url, toRedis.port),
      MARKETPLACE_API_URL: marketplace.url,
      JWT_SECRET: marketplace.secret,
      // The limits protect the service from users; here it is to be hurt.
      RATE_LIMIT_MESSAGES: '1000000',
      RATE_LIMIT_COMMANDS: '1000000',
      RATE_LIMIT_SEARCHES: '1000000',
      ...env,
    };
    const started = await Promise.all(Array.from({ length: instances }, () => ServiceInstance.start(environment)));
    const entrance = await FaultProxy.start(started.map(({ port }) => port));
    return new FaultChat(postgres, redis, marketplace, entrance, toPostgres, toRedis, started);
  }

  instance(index: number): ServiceInstance {
    const instance = this.instances[index];
    if (instance === undefined) {
      throw new Error(`there is no instance ${index}`);
    }
    return instance;
  }

  /** Writes chats of new users into the database. */
  async conversations(count: number, members = 2): Promise<Conversation[]> {
    const made = Array.from({ length: count }, (): Conversation => {
      const userIds = Array.from({ length: members }, () => ++this.lastUserId);
      return { chatId: randomUUID(), userIds };
    });
    const values = [JSON.stringify(made)];
    await this.query(
      `insert into chat.chats (id, type, buyer_id, seller_id)
       select (item ->> 'chatId')::uuid, 'direct', item #>> '{userIds,0}', item #>> '{userIds,1}'
         from jsonb_array_elements($1::jsonb) item`,
      values,
    );
    await this.query(
      `insert into chat.chat_members (chat_id, user_id, role)
       select (item ->> 'chatId')::uuid, member.id, case member.place when 2 then 'seller' else 'buyer' end
         from jsonb_array_elements($1::jsonb) item
        cross join jsonb_array_elements_text(item -> 'userIds') with ordinality as member (id, place)`,
      values,
    );
    return made;
  }

  /** A client of a user, on its way to be connected. It is held to the invariant. */
  client(
    userId: number,
    chatIds: readonly string[],
    { url = this.entrance.url, token = () => this.marketplace.token({ userId }) }: Partial<LoggedClientOptions> = {},
  ): LoggedClient {
    const client = new LoggedClient({ url, userId, chatIds, token });
    this.clients.push(client);
    return client;
  }

  /** A client for each user of each conversation; resolves when all are connected and joined. */
  async clientsOf(conversations: readonly Conversation[]): Promise<LoggedClient[]> {
    const clients = conversations.flatMap(({ chatId, userIds }) => userIds.map((id) => this.client(id, [chatId])));
    await this.everybodySettled();
    return clients;
  }

  async everybodySettled(withinMs = 60_000): Promise<void> {
    await vi.waitFor(() => expect(this.clients.filter(({ settled }) => !settled).length).toBe(0), {
      timeout: withinMs,
      interval: 50,
    });
  }

  /** Takes a client offline for good; what it saw still counts. */
  dismiss(client: LoggedClient): void {
    client.close();
    this.clients.splice(this.clients.indexOf(client), 1);
    this.gone.push(client);
  }

  /** Rows of the test's own look into the database, past the proxy. */
  async query<Row extends object>(statement: string, values: unknown[] = []): Promise<Row[]> {
    const database = new Client({ connectionString: this.postgres.url });
    await database.connect();
    try {
      return (await database.query<Row>(statement, values)).rows;
    } finally {
      await database.end();
    }
  }

  /** The invariant; and no instance has ended by itself on the way. */
  async expectNothingLostOrDoubled(): Promise<void> {
    try {
      await expectNothingLostOrDoubled(this.postgres.url, this.clients, this.gone);
      expect(this.instances.map(({ crashes }) => crashes)).toEqual(this.instances.map(() => 0));
    } catch (error) {
      for (const { port, log } of this.instances) {
        console.error(`the end of the log of the instance on port ${port}:\n${endOf(log)}`);
      }
      throw error;
    }
  }

  async stop(): Promise<void> {
    for (const client of this.clients) {
      client.close();
    }
    await Promise.all(this.instances.map((instance) => instance.kill()));
    await Promise.all([this.entrance, this.toPostgres, this.toRedis].map((proxy) => proxy.stop()));
    await this.marketplace.stop();
  }
}

const portOf = (url: string): number => Number(new URL(url).port);

function throughPort(url: string, port: number): string {
  const through = new URL(url);
  through.port = String(port);
  return through.href;
}

/** A few lines, each without the long tail of a stack. */
function endOf(log: string): string {
  const lines = log.trimEnd().split('\n').slice(-10);
  return lines.map((line) => line.slice(0, 300)).join('\n');
}
