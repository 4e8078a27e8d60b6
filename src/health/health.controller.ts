import { Controller, Get, Header, Inject } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { DATABASE } from '../database/database.module.js';
import { type Database, ping } from '../database/open-database.js';
import { REDIS } from '../redis/redis.module.js';
import type { RedisClients } from '../redis/redis-clients.js';
import { Readiness } from './readiness.js';

const PROBE_TIMEOUT_MS = 2_000;
/** However often it is asked, readiness costs the stores one probe in this time. */
const PROBE_CACHE_MS = 500;

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly readiness: Readiness,
    @Inject(DATABASE) private readonly database: Database,
    @Inject(REDIS) private readonly redis: RedisClients | null,
  ) {}

  /** Whether the process answers at all. Stores are not asked: restarting it would not bring them back. */
  @Get('live')
  @Header('Cache-Control', 'no-store')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** 200 when this instance should get traffic, 503 while PostgreSQL or Redis is away or it is shutting down. */
  @Get('ready')
  @HealthCheck()
  ready() {
    const { database, redis } = this;
    return this.health.check([
      () => {
        const accepting = this.indicators.check('accepting');
        return this.readiness.accepting ? accepting.up() : accepting.down('shutting down');
      },
      () =>
        this.indicators
          .check('database')
          .attempt(() => quietly(ping(database)))
          .withTimeout(PROBE_TIMEOUT_MS)
          .cacheFor(PROBE_CACHE_MS),
      ...(redis === null
        ? []
        : [
            () =>
              this.indicators
                .check('redis')
                .attempt(async () => {
                  await quietly(redis.commands.ping());
                  if (!redis.ready) {
                    throw new Error('not all connections are up');
                  }
                })
                .withTimeout(PROBE_TIMEOUT_MS)
                .cacheFor(PROBE_CACHE_MS),
          ]),
    ]);
  }
}

/** Drivers name hosts and ports in their errors; the probe's answer is open to everybody. */
async function quietly(probe: Promise<unknown>): Promise<void> {
  try {
    await probe;
  } catch (cause) {
    throw new Error('out of reach', { cause });
  }
}
