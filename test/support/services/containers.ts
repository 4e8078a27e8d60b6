import { POSTGRES_SETTINGS } from './postgres-server.js';
import { REDIS_SETTINGS } from './redis-server.js';

/** The same versions as `docker-compose.yml`; a unit test compares them. */
export const POSTGRES_IMAGE = 'postgres:17.6-alpine';
export const REDIS_IMAGE = 'redis:7.4.5-alpine';

/** A started server and how to end it. */
export interface RunningServer {
  url: string;
  stop(): Promise<void>;
}

// testcontainers takes long to load, and is needed on machines with Docker only: hence the imports inside.

/** Whether a Docker engine answers here. */
export async function dockerAnswers(): Promise<boolean> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  try {
    await getContainerRuntimeClient();
    return true;
  } catch {
    return false;
  }
}

export async function postgresContainer(): Promise<RunningServer> {
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
  const container = await new PostgreSqlContainer(POSTGRES_IMAGE)
    .withCommand(['postgres', ...POSTGRES_SETTINGS])
    .start();
  return {
    url: container.getConnectionUri(),
    stop: async () => {
      await container.stop();
    },
  };
}

export async function redisContainer(): Promise<RunningServer> {
  const { RedisContainer } = await import('@testcontainers/redis');
  const container = await new RedisContainer(REDIS_IMAGE).withCommand(['redis-server', ...REDIS_SETTINGS]).start();
  return {
    url: container.getConnectionUrl(),
    stop: async () => {
      await container.stop();
    },
  };
}
