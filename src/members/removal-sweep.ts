import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CLUSTER_LINK } from '../cluster/cluster.module.js';
import type { ClusterLink } from '../cluster/cluster-link.js';
import { Delivery } from '../delivery/delivery.js';
import { MembersRepository } from './members.repository.js';

const SWEEP_INTERVAL_MS = 15_000;
/** A removal is dated before it is committed; none takes longer than this. */
const OVERLAP_MS = 60_000;

/**
 * Finds the removals that this instance has not heard of, and takes their sockets out of the chats.
 *
 * Another instance may have died between the commit of a removal and its announcement, or its word may have been lost with
 * the connection to Redis. The database knows all the same.
 */
@Injectable()
export class RemovalSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RemovalSweep.name);
  /** When the last look that succeeded began; milliseconds, monotonic. */
  private lookedAt = performance.now();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;

  constructor(
    @Inject(CLUSTER_LINK) private readonly link: ClusterLink | null,
    private readonly members: MembersRepository,
    private readonly delivery: Delivery,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.run(), SWEEP_INTERVAL_MS).unref();
    this.link?.onMissed(() => void this.run());
  }

  /** Ends the background work; resolves when none is under way. */
  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Looks once, or joins the look that is under way. Never rejects: the next look goes back to where this one began. */
  run(): Promise<void> {
    this.running ??= this.look()
      .catch((error: unknown) => this.logger.warn({ err: error }, 'removals not looked for; it is tried again soon'))
      .finally(() => {
        this.running = null;
      });
    return this.running;
  }

  private async look(): Promise<void> {
    const now = performance.now();
    for (const { chatId, userId, removedBy } of await this.members.removedWithin(now - this.lookedAt + OVERLAP_MS)) {
      this.delivery.memberLeftBehind(chatId, userId, removedBy);
    }
    this.lookedAt = now;
  }
}
