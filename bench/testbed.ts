import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LoadProcess } from './load/load-process.js';
import { startMarketplace } from './servers/marketplace.js';
import { ServerUnderTest } from './servers/server-under-test.js';
import { BenchPostgres } from './stores/bench-postgres.js';
import { startBenchRedis } from './stores/bench-redis.js';
import { type SubjectName, subjectSpec } from './subjects.js';

/** A server under test, and the load generator that is connected to it alone. */
export interface Subject {
  name: SubjectName;
  server: ServerUnderTest;
  load: LoadProcess;
  stop(): Promise<void>;
}

interface Stoppable {
  stop(): Promise<void>;
}

/** Starts what a scenario measures, with the stores and the marketplace beneath it, and takes all of it down. */
export class Testbed {
  private readonly started: Stoppable[] = [];
  private postgres: Promise<BenchPostgres> | undefined;
  private redis: Promise<string> | undefined;
  private marketplace: Promise<string> | undefined;

  private constructor(
    private readonly logDir: string,
    private readonly profileDir: string | undefined,
  ) {}

  /** @param profileDir where CPU profiles of the servers go; absent, none are taken */
  static async create(profileDir?: string): Promise<Testbed> {
    return new Testbed(await mkdtemp(join(tmpdir(), 'bench-')), profileDir);
  }

  async subject(name: SubjectName): Promise<Subject> {
    const spec = await subjectSpec(name, {
      database: async () => (await this.startedPostgres()).emptyDatabase(name),
      redis: () => this.startedRedis(),
      marketplace: () => this.startedMarketplace(),
    });
    const server = this.keep(await ServerUnderTest.start({ ...spec, profileDir: this.profileDir }, this.logDir));
    const load = this.keep(await LoadProcess.start());
    return {
      name,
      server,
      load,
      stop: async () => {
        await load.stop();
        await server.stop();
      },
    };
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
