import type { TestServices } from '../services/test-services.js';

/** Environment of an instance on PostgreSQL and Redis that no other test file shares. */
export async function serviceEnvironment(services: TestServices): Promise<Record<string, string>> {
  return {
    DATABASE_URL: (await services.freshDatabase()).url,
    REDIS_URL: services.redisUrl(),
    REDIS_CHANNEL_PREFIX: services.channelPrefix(),
  };
}
