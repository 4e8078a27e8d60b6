import type { AddressInfo } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger } from 'nestjs-pino';
import type { DestinationStream } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { AppModule } from './app.module.js';
import { ClusterLink } from './cluster/cluster-link.js';
import type { Config } from './config/config.js';
import { MIGRATION_TIMEOUT_MS, migrateToLatest } from './database/migrate-to-latest.js';
import { type Database, openDatabase } from './database/open-database.js';
import { isLockFailure, isTransientDatabaseFailure } from './database/transient-failure.js';
import { RedisClients } from './redis/redis-clients.js';
import { shutDown } from './shutdown.js';
import { ChatIoAdapter } from './socket/chat-io.adapter.js';

export interface RunningService {
  /** Where the service listens, `http://host:port`; a wildcard host is given as loopback. */
  readonly url: string;
  readonly port: number;
  /** Drains and closes everything; safe to call twice. */
  stop(): Promise<void>;
}

interface StartOptions {
  /** Where log lines go; default standard output. */
  logDestination?: DestinationStream;
}

/**
 * Opens the stores, migrates, and listens. Everything runs in this process, so several instances can run in one.
 *
 * @throws when the database cannot be reached or migrated, or the port is taken; nothing stays open then
 */
export async function startService(config: Config, options: StartOptions = {}): Promise<RunningService> {
  // The logger is born with the application; what happens before goes through this.
  let log = (message: string, error: Error): void => console.error(message, error.message);
  const database = openDatabase(config.database, (error) => log('idle database connection lost', error));
  const redis =
    config.redis === null
      ? null
      : await RedisClients.connect(config.redis, (error, client) => log(`redis connection ${client} failed`, error));
  let created: NestExpressApplication | undefined;
  const link =
    redis === null || config.redis === null
      ? null
      : new ClusterLink({ id: uuidv7(), prefix: config.redis.channelPrefix, redis });
  try {
    if (config.database.migrateOnStart) {
      await migrate(config, database);
    }
    const app = await NestFactory.create<NestExpressApplication>(
      AppModule.with({ config, database, redis, link, logDestination: options.logDestination }),
      // Bodies are read in rest/, and only of requests whose token is good.
      { bufferLogs: true, abortOnError: false, bodyParser: false },
    );
    created = app;
    const logger = app.get(Logger);
    app.useLogger(logger);
    log = (message, error) => logger.warn({ err: error }, message);
    app.set('trust proxy', config.http.trustProxyHops);
    app.disable('x-powered-by');
    app.enableCors({ origin: [...config.http.allowedOrigins], credentials: true, exposedHeaders: ['Retry-After'] });
    app.useWebSocketAdapter(new ChatIoAdapter(app, config, link));
    await link?.start();
    await app.listen(config.http.port, config.http.host);
    const { port } = app.getHttpServer().address() as AddressInfo;
    const host = ['0.0.0.0', '::'].includes(config.http.host) ? '127.0.0.1' : config.http.host;
    let stopped: Promise<void> | undefined;
    return {
      url: `http://${host}:${port}`,
      port,
      stop: () => {
        stopped ??= shutDown({ app, config, database, redis, link });
        return stopped;
      },
    };
  } catch (error) {
    await Promise.allSettled([created?.close()]);
    await link?.stop();
    await redis?.close();
    await database.destroy();
    throw error;
  }
}

/** On a connection of its own where it can be: a command's time would be too short for a large table. */
async function migrate(config: Config, database: Database): Promise<void> {
  const own =
    config.database.engine === 'postgres'
      ? openDatabase({ ...config.database, poolSize: 3 }, () => undefined, MIGRATION_TIMEOUT_MS)
      : null;
  try {
    await migrateToLatest(own ?? database);
  } catch (cause) {
    throw new Error(`unable to start; ${reasonOf(cause)}`, { cause });
  } finally {
    await own?.destroy();
  }
}

function reasonOf(cause: unknown): string {
  if (isLockFailure(cause)) {
    return 'the tables of the database are in use for too long to be changed';
  }
  return isTransientDatabaseFailure(cause)
    ? 'the database cannot be reached'
    : 'the database cannot be brought up to date';
}
