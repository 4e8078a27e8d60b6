/**
 * The service with Socket.IO's Redis adapter in place of its own: what the latter is worth. Everything else is the
 * service's; without a link between instances it takes every event to all of them.
 */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger } from 'nestjs-pino';
import type { Server, ServerOptions } from 'socket.io';
import { AppModule } from '../../src/app.module.js';
import { loadConfig } from '../../src/config/load-config.js';
import { migrateToLatest } from '../../src/database/migrate-to-latest.js';
import { openDatabase } from '../../src/database/open-database.js';
import { RedisClients } from '../../src/redis/redis-clients.js';
import { ChatIoAdapter } from '../../src/socket/chat-io.adapter.js';
import { stockAdapter } from './stock-adapter.js';

const { config } = loadConfig();
if (config.redis === null) {
  throw new Error('unable to start; the adapter needs REDIS_URL');
}
const { url, channelPrefix } = config.redis;

class StockIoAdapter extends ChatIoAdapter {
  override createIOServer(port: number, options?: ServerOptions): Server {
    const server = super.createIOServer(port, options);
    server.adapter(stockAdapter(url, channelPrefix));
    return server;
  }
}

const onError = (error: Error) => console.error(error.message);
const database = openDatabase(config.database, onError);
await migrateToLatest(database);
const redis = await RedisClients.connect(config.redis, onError);
const app = await NestFactory.create<NestExpressApplication>(
  AppModule.with({ config, database, redis, link: null, logDestination: undefined }),
  { bufferLogs: true },
);
app.useLogger(app.get(Logger));
app.useWebSocketAdapter(new StockIoAdapter(app, config, null));
await app.listen(config.http.port, config.http.host);
/** A plain exit, so that `--cpu-prof` gets to write its file. */
process.once('SIGTERM', () => process.exit(0));
