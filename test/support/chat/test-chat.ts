import type { DestinationStream } from 'pino';
import { type RunningService, startService } from '../../../src/application.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { FaultyMarketplace } from '../marketplace/faulty-marketplace.js';
import { TestClient, type TestClientOptions } from './test-client.js';

interface TestChatOptions {
  /** Environment variables over the defaults: embedded engines in memory, quiet, tokens checked locally first. */
  env?: Record<string, string>;
  /** How many instances; more than one needs PostgreSQL and Redis in `env`. Default 1. */
  instances?: number;
  logDestination?: DestinationStream;
}

/** Where files may lie, and a store to upload them to. Making the form for an upload asks nobody. */
const FILES = {
  ATTACHMENT_HOSTS: 'files.example',
  S3_BUCKET: 'chat-files',
  S3_ACCESS_KEY_ID: 'test-key',
  S3_SECRET_ACCESS_KEY: 'test-secret',
  S3_PUBLIC_URL: 'https://uploads.example',
};

/**
 * A marketplace and one or more instances of the service in this process, with clients that log in as any user.
 *
 * @example
 * const chat = await TestChat.start();
 * const buyer = await chat.connect(123);
 * ...
 * await chat.stop();
 */
export class TestChat {
  readonly clients: TestClient[] = [];

  private constructor(
    readonly marketplace: FaultyMarketplace,
    readonly instances: RunningService[],
  ) {}

  static async start({ env = {}, instances = 1, logDestination }: TestChatOptions = {}): Promise<TestChat> {
    const marketplace = await FaultyMarketplace.start();
    const { config } = loadConfig({
      NODE_ENV: 'test',
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: 'memory://',
      LOG_LEVEL: 'silent',
      MARKETPLACE_API_URL: marketplace.url,
      JWT_SECRET: marketplace.secret,
      ...FILES,
      ...env,
    });
    const services: RunningService[] = [];
    for (let started = 0; started < instances; started++) {
      services.push(await startService(config, logDestination === undefined ? {} : { logDestination }));
    }
    return new TestChat(marketplace, services);
  }

  /** The base URL of an instance, counted from 0. */
  url(instance = 0): string {
    const service = this.instances[instance];
    if (service === undefined) {
      throw new Error(`there is no instance ${instance}`);
    }
    return service.url;
  }

  /** A client of a user, ready for commands; closed with the chat. */
  async connect(
    userId: number | string,
    { instance = 0, ...options }: Partial<TestClientOptions> & { instance?: number } = {},
  ): Promise<TestClient> {
    const client = this.dial({ token: this.marketplace.token({ userId }), instance, ...options });
    await client.event('connection:success');
    return client;
  }

  /** A client that may be refused; nothing is waited for. */
  dial({ instance = 0, ...options }: Partial<TestClientOptions> & { instance?: number } = {}): TestClient {
    const client = new TestClient({ url: this.url(instance), ...options });
    this.clients.push(client);
    return client;
  }

  async stop(): Promise<void> {
    for (const client of this.clients) {
      client.close();
    }
    await Promise.all(this.instances.map((service) => service.stop()));
    await this.marketplace.stop();
  }
}
