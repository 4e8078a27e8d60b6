import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import { Logger } from 'nestjs-pino';
import type { ClusterLink } from './cluster/cluster-link.js';
import { Intake } from './commands/intake.js';
import type { Config } from './config/config.js';
import type { Database } from './database/open-database.js';
import { Delivery } from './delivery/delivery.js';
import { Readiness } from './health/readiness.js';
import { ChatWrites } from './messages/chat-writes.js';
import { MessageAnnouncer } from './messages/message-announcer.js';
import { PresenceService } from './presence/presence.service.js';
import type { RedisClients } from './redis/redis-clients.js';
import { ChatGateway } from './socket/chat.gateway.js';

/** Clients are spread over this time, so that they do not arrive at the other instances in one moment. */
const RECONNECT_SPREAD_MS = 2_000;

interface Running {
  app: INestApplication;
  config: Config;
  database: Database;
  redis: RedisClients | null;
  link: ClusterLink | null;
}

/**
 * Goes away without losing anything: what is under way is committed, acked and shown, users go offline, and only then
 * do the stores close. Nest would close the stores while the last disconnects are still being handled, so the order
 * stands here.
 *
 * Takes at most `config.shutdownTimeoutMs`, whatever hangs: a process that does not end is killed, and then nobody is
 * told anything.
 *
 * @throws AggregateError when steps failed; the others were taken all the same
 */
export async function shutDown({ app, config, database, redis, link }: Running): Promise<void> {
  const logger = app.get(Logger);
  const deadline = performance.now() + config.shutdownTimeoutMs;
  const failures: unknown[] = [];
  /** Waits for half of the time that is left, so that no step takes all of it from those behind. Tells whether it was done. */
  const bounded = async (name: string, work: Promise<unknown>): Promise<boolean> => {
    const timer = new AbortController();
    const late = delay((deadline - performance.now()) / 2, true, { signal: timer.signal });
    try {
      if (await Promise.race([work.then(() => false), late])) {
        logger.warn(`shutdown goes on without waiting longer for ${name}`);
        return false;
      }
      return true;
    } catch (error) {
      failures.push(error);
      return false;
    } finally {
      timer.abort();
    }
  };

  app.get(Readiness).accepting = false;
  // Stops listening; connections that exist stay.
  const server: Server = app.getHttpServer();
  server.close();
  const drained = app.get(Intake).close();
  app.get(Delivery).draining(RECONNECT_SPREAD_MS);
  const finished = await bounded(
    'running commands',
    drained.then(() => app.get(MessageAnnouncer).idle()),
  );
  await bounded(
    'connections to close',
    app
      .get(ChatGateway)
      .closeConnections()
      .then(() => app.get(PresenceService).settled()),
  );
  // What was, or may yet be, committed and was shown to nobody: the other instances must not take this for a clean leave.
  const unannounced = !finished || app.get(ChatWrites).hasUncertain;
  await bounded('HTTP requests and background work', app.close());
  // A peer that never ends its request would keep the process.
  server.closeAllConnections();
  await bounded('the goodbye to the other instances', link?.stop({ goodbye: !unannounced }) ?? Promise.resolve());
  await bounded('Redis', redis?.close() ?? Promise.resolve());
  await bounded('the database', database.destroy());
  if (failures.length > 0) {
    throw new AggregateError(failures, 'unable to stop cleanly; some steps failed');
  }
}
