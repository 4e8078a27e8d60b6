import { join } from 'node:path';
import type { ServerSpec } from './servers/server-under-test.js';
import { jwtSecret } from './servers/tokens.js';

/**
 * Everything that is measured. `service` is one instance on PostgreSQL; `service-redis` has Redis beside it. Those with
 * `stock-adapter` talk to their like over Socket.IO's Redis adapter as its documentation sets it up.
 */
export type SubjectName =
  | 'relay'
  | 'relay-stock-adapter'
  | 'naive'
  | 'naive-locked'
  | 'service'
  | 'service-redis'
  | 'service-stock-adapter';

/** Redis for one subject: nothing of the others' is seen in it. */
export interface RedisPlace {
  url: string;
  channelPrefix: string;
}

/** What a subject stands on. The functions are called only for subjects that need the store. */
export interface Surroundings {
  /** URL of an empty database. */
  database(): Promise<string>;
  redis(): Promise<RedisPlace>;
  marketplace(): Promise<string>;
}

type Start = Pick<ServerSpec, 'entry' | 'env' | 'readyPath' | 'isService'>;

const compiled = join(import.meta.dirname, '..');
/** The highest the configuration takes: the limiter does its work on every message and never refuses one. */
const NO_LIMIT = '1000000';

function relay(env: Record<string, string>): Start {
  return { entry: join(compiled, 'bench/baselines/relay.js'), env, isService: false };
}

async function naive(insert: 'plain' | 'locked', around: Surroundings): Promise<Start> {
  return {
    entry: join(compiled, 'bench/baselines/naive.js'),
    isService: false,
    env: { DATABASE_URL: await around.database(), JWT_SECRET: jwtSecret, NAIVE_INSERT: insert },
  };
}

/** The service as shipped: all checks, presence and logs at info; only the rate limits are out of the way. */
async function service(entry: string, around: Surroundings, redis: Record<string, string>): Promise<Start> {
  return {
    entry: join(compiled, entry),
    isService: true,
    readyPath: '/health/ready',
    env: {
      HOST: '127.0.0.1',
      DATABASE_URL: await around.database(),
      MARKETPLACE_API_URL: await around.marketplace(),
      JWT_SECRET: jwtSecret,
      LOG_LEVEL: 'info',
      RATE_LIMIT_MESSAGES: NO_LIMIT,
      RATE_LIMIT_COMMANDS: NO_LIMIT,
      RATE_LIMIT_SEARCHES: NO_LIMIT,
      ...redis,
    },
  };
}

async function onRedis(around: Surroundings): Promise<Record<string, string>> {
  const { url, channelPrefix } = await around.redis();
  return { REDIS_URL: url, REDIS_CHANNEL_PREFIX: channelPrefix };
}

/** How to start a subject; several servers started with one answer are instances of one deployment. */
export async function subjectStart(name: SubjectName, around: Surroundings): Promise<Start> {
  switch (name) {
    case 'relay':
      return relay({});
    case 'relay-stock-adapter':
      return relay(await onRedis(around));
    case 'naive':
      return naive('plain', around);
    case 'naive-locked':
      return naive('locked', around);
    case 'service':
      /** Production without Redis is refused unless it is asked for. */
      return service('src/main.js', around, { EMBEDDED: 'true' });
    case 'service-redis':
      return service('src/main.js', around, await onRedis(around));
    case 'service-stock-adapter':
      return service('bench/baselines/service-stock-adapter.js', around, await onRedis(around));
  }
}
