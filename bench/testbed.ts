import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LoadProcess } from './load/load-process.js';
import { startMarketplace } from './servers/marketplace.js';
import { type ServerSpec, ServerUnderTest } from './servers/server-under-test.js';
import { BenchPostgres } from './stores/bench-postgres.js';
import { startBenchRedis } from './stores/bench-redis.js';
import { type RedisPlace, type SubjectName, subjectStart } from './subjects.js';

/** A server under test, and the load generator that is connected to it alone. */
export interface Subject {
  name: SubjectName;
  server: ServerUnderTest;
  load: LoadProcess;
  /** `null` where it has none. */
  databaseUrl: string | null;
  stop(): Promise<void>;
}

/** Several instances of one deployment, and the load generator that is connected to all of them. */
export interface ClusterSubject {
  name: SubjectName;
  servers: readonly ServerUnderTest[];
  load: LoadProcess;
}

/** What tells two subjects of one name apart. */
export interface Variant {
  /** Name in logs and profiles; by default that of the subject. */
  label?: string;
  /** Settings beyond, or instead of, those of every subject of the name. */
  env?: Readonly<Record<string, string>>;
}

export interface TestbedOptions {
  /** Where CPU profiles of the servers go; absent, none are taken. */
  profileDir?: string | undefined;
  /** Whether the baselines get Node's default heap instead of the service's. */
  defaultHeap?: boolean;
}

/** As many as Redis has unless it is told otherwise; the subjects of one round need fewer. */
const REDIS_DATABASES = 16;

interface Stoppable {
  stop(): Promise<void>;
}

/** Starts what a scenario measures, with the stores and the marketplace beneath it, and takes all of it down. */
export class Testbed {
  private readonly started: Stoppable[] = [];
  private postgres: Promise<BenchPostgres> | undefined;
  private redis: Promise<string> | undefined;
  private redisPlaces = 0;
  private marketplace: Promise<string> | undefined;

  private constructor(
    private readonly logDir: string,
    private readonly options: TestbedOptions,
  ) {}

  static async create(options: TestbedOptions = {}): Promise<Testbed> {
    return new Testbed(await mkdtemp(join(tmpdir(), 'bench-')), options);
  }

  async subject(name: SubjectName, { label = name, env = {} }: Variant = {}): Promise<Subject> {
    const start = await this.startOf(name);
    const server = await this.server({ ...start, name: label, env: { ...start.env, ...env } });
    const load = this.keep(await LoadProcess.start());
    return {
      name,
      server,
      load,
      databaseUrl: start.env.DATABASE_URL ?? null,
      stop: async () => {
        await load.stop();
        await server.stop();
      },
    };
  }

  /** @param instances servers on the same stores, started one after the other as a deployment would */
  async cluster(name: SubjectName, instances: number): Promise<ClusterSubject> {
    const start = await this.startOf(name);
    const servers: ServerUnderTest[] = [];
    for (let number = 1; number <= instances; number += 1) {
      servers.push(await this.server({ ...start, name: `${name}-${number}` }));
    }
    return { name, servers, load: this.keep(await LoadProcess.start()) };
  }

  /** What durable means here: version and durability settings of PostgreSQL, or `null` when none was needed. */
  async durability(): Promise<string | null> {
    return this.postgres === undefined ? null : (await this.postgres).durability;
  }

  /** Stops everything, last started first. */
  async stop(): Promise<void> {
    for (const part of this.started.splice(0).reverse()) {
      await part.stop();
    }
    await rm(this.logDir, { recursive: true, force: true });
  }

  private startOf(name: SubjectName): ReturnType<typeof subjectStart> {
    return subjectStart(name, {
      database: async () => (await this.startedPostgres()).emptyDatabase(name),
      redis: () => this.redisPlace(),
      marketplace: () => this.startedMarketplace(),
    });
  }

  private async server(spec: ServerSpec): Promise<ServerUnderTest> {
    return this.keep(await ServerUnderTest.start({ ...spec, ...this.options }, this.logDir));
  }

  /** Subjects have the same users, so each gets a logical database; channels know no databases, hence the prefix. */
  private async redisPlace(): Promise<RedisPlace> {
    const url = new URL(await this.startedRedis());
    const place = this.redisPlaces++;
    url.pathname = `/${place % REDIS_DATABASES}`;
    return { url: url.href, channelPrefix: `bench-${place}` };
  }

  private startedPostgres(): Promise<BenchPostgres> {
    this.postgres ??= BenchPostgres.start().then((postgres) => this.keep(postgres));
    return this.postgres;
  }

  private startedRedis(): Promise<string> {
    this.redis ??= startBenchRedis().then((redis) => this.keep(redis).url);
    return this.redis;
  }

  private startedMarketplace(): Promise<string> {
    this.marketplace ??= startMarketplace().then((api) => this.keep(api).url);
    return this.marketplace;
  }

  private keep<T extends Stoppable>(part: T): T {
    this.started.push(part);
    return part;
  }
}
