import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMarketplace } from '../bench/servers/marketplace.js';
import { ServerUnderTest } from '../bench/servers/server-under-test.js';
import { jwtSecret } from '../bench/servers/tokens.js';
import { BenchPostgres } from '../bench/stores/bench-postgres.js';
import { startBenchRedis } from '../bench/stores/bench-redis.js';
import { freePort } from '../test/support/services/free-port.js';
import { Inspector } from './observe/inspector.js';

const INSTANCES = 2;
const NO_LIMIT = '1000000';

export interface Instance {
  server: ServerUnderTest;
  inspector: Inspector;
}

/** Two instances of the compiled service behind nothing, on real stores: those of `BENCH_DATABASE_URL` and `BENCH_REDIS_URL`, else private ones. */
export class Deployment {
  readonly instances: Instance[] = [];
  readonly channelPrefix = 'soak';
  databaseUrl = '';
  redisUrl = '';
  private readonly started: (() => Promise<void> | void)[] = [];

  get urls(): string[] {
    return this.instances.map(({ server }) => server.url);
  }

  /** @throws when a part does not come up; whatever came up before is stopped by {@link stop} */
  async start(): Promise<void> {
    const logs = await mkdtemp(join(tmpdir(), 'soak-'));
    this.started.push(() => rm(logs, { recursive: true, force: true }));
    const postgres = await BenchPostgres.start();
    this.started.push(() => postgres.stop());
    const redis = await startBenchRedis();
    this.started.push(() => redis.stop());
    const marketplace = await startMarketplace();
    this.started.push(() => marketplace.stop());
    this.databaseUrl = await postgres.emptyDatabase('soak');
    this.redisUrl = redis.url;
    for (let number = 1; number <= INSTANCES; number++) {
      await this.startInstance(`instance ${number}`, marketplace.url, logs);
    }
  }

  async stop(): Promise<void> {
    for (const stop of this.started.splice(0).reverse()) {
      await stop();
    }
  }

  private async startInstance(name: string, marketplaceUrl: string, logs: string): Promise<void> {
    const inspectorPort = await freePort();
    const server = await ServerUnderTest.start(
      {
        name,
        entry: join(import.meta.dirname, '..', 'src', 'main.js'),
        isService: true,
        readyPath: '/health/ready',
        env: {
          NODE_OPTIONS: `--inspect=127.0.0.1:${inspectorPort}`,
          HOST: '127.0.0.1',
          DATABASE_URL: this.databaseUrl,
          REDIS_URL: this.redisUrl,
          REDIS_CHANNEL_PREFIX: this.channelPrefix,
          MARKETPLACE_API_URL: marketplaceUrl,
          JWT_SECRET: jwtSecret,
          LOG_LEVEL: 'warn',
          RATE_LIMIT_MESSAGES: NO_LIMIT,
          RATE_LIMIT_COMMANDS: NO_LIMIT,
          RATE_LIMIT_SEARCHES: NO_LIMIT,
          // Signs of users who vanished lapse soon, so that a rest is short.
          TYPING_TTL_SECONDS: '2',
        },
      },
      logs,
    );
    this.started.push(() => server.stop());
    const inspector = await Inspector.attach(inspectorPort);
    this.started.push(() => inspector.detach());
    this.instances.push({ server, inspector });
  }
}
