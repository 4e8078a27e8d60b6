import { join } from 'node:path';
import type { ServerSpec } from './servers/server-under-test.js';
import { jwtSecret } from './servers/tokens.js';

/** Everything that is measured. `service` is one instance on PostgreSQL; `service-redis` has Redis beside it. */
export type SubjectName = 'relay' | 'naive' | 'naive-locked' | 'service' | 'service-redis';

/** What a subject stands on. The functions are called only for subjects that need the store. */
export interface Surroundings {
  /** URL of an empty database. */
  database(): Promise<string>;
  redis(): Promise<string>;
  marketplace(): Promise<string>;
}

const compiled = join(import.meta.dirname, '..');
/** The highest the configuration takes: the limiter does its work on every message and never refuses one. */
const NO_LIMIT = '1000000';

async function naive(insert: 'plain' | 'locked', around: Surroundings): Promise<Omit<ServerSpec, 'name'>> {
  return {
    entry: join(compiled, 'bench/baselines/naive.js'),
    env: { DATABASE_URL: await around.database(), JWT_SECRET: jwtSecret, NAIVE_INSERT: insert },
  };
}

/** The service as shipped: all checks, presence and logs at info; only the rate limits are out of the way. */
async function service(around: Surroundings, redis: Record<string, string>): Promise<Omit<ServerSpec, 'name'>> {
  return {
    entry: join(compiled, 'src/main.js'),
    readyPath: '/health/ready',
    env: {
      HOST: '127.0.0.1',
      DATABASE_URL: await around.database(),
      MARKETPLACE_API_URL: await around.marketplace(),
      JWT_SECRET: jwtSecret,
      LOG_LEVEL: 'info',
      RATE_LIMIT_MESSAGES: NO_LIMIT,
      RATE_LIMIT_COMMANDS: NO_LIMIT,
      ...redis,
    },
  };
}

/** How to start a subject. */
export async function subjectSpec(name: SubjectName, around: Surroundings): Promise<ServerSpec> {
  switch (name) {
    case 'relay':
      return { name, entry: join(compiled, 'bench/baselines/relay.js'), env: {} };
    case 'naive':
      return { name, ...(await naive('plain', around)) };
    case 'naive-locked':
      return { name, ...(await naive('locked', around)) };
    case 'service':
      /** Production without Redis is refused unless it is asked for. */
      return { name, ...(await service(around, { EMBEDDED: 'true' })) };
    case 'service-redis':
      return { name, ...(await service(around, { REDIS_URL: await around.redis() })) };
  }
}
