import { LRUCache } from 'lru-cache';
import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import { ChatError, inOwnWords } from '../contract/index.js';

/** Points taken from the limiter and not spent yet; worthless after `until` (milliseconds, monotonic). */
interface Lease {
  points: number;
  until: number;
}

function isOpen({ until }: Lease): boolean {
  return until > performance.now();
}

/** A tenth of the limit where it divides evenly: few trips to Redis, and little that lies unused on one instance. */
function leaseSize(points: number): number {
  let size = Math.max(1, Math.floor(points / 10));
  while (points % size !== 0) {
    size--;
  }
  return size;
}

/**
 * One limit of commands per user, shared by all of his sockets and all instances.
 *
 * Points are taken from the limiter in small leases and spent from memory, so most commands cost no I/O. The limit is
 * never exceeded; a user who is spread over instances may meet it early, by less than one lease per instance.
 */
export class UserRateLimiter {
  private readonly leases = new LRUCache<string, Lease>({ max: 100_000 });
  private readonly pending = new Map<string, Promise<void>>();
  private readonly size: number;

  constructor(private readonly limiter: RateLimiterAbstract) {
    this.size = leaseSize(limiter.points);
  }

  /**
   * Takes one point, at once when one is at hand.
   *
   * @throws ChatError `RATE_LIMITED` with `retryAfterMs`, thrown or as a rejection
   */
  consume(userId: string, operation: string): Promise<void> | undefined {
    return this.spend(userId) ? undefined : this.leaseAndSpend(userId, operation);
  }

  /**
   * Gives a point back that was taken and not used, to this instance's lease; it goes with the window that it was taken in.
   *
   * @param takenAt when `consume` was through (milliseconds, monotonic)
   */
  giveBack(userId: string, takenAt: number): void {
    const lease = this.leases.get(userId);
    // In a later window it would be one more than the limit.
    if (lease !== undefined && isOpen(lease) && takenAt >= lease.until - this.limiter.duration * 1_000) {
      lease.points++;
    }
  }

  private spend(userId: string): boolean {
    const lease = this.leases.get(userId);
    if (lease === undefined || lease.points === 0 || !isOpen(lease)) {
      return false;
    }
    lease.points--;
    return true;
  }

  private async leaseAndSpend(userId: string, operation: string): Promise<void> {
    do {
      let running = this.pending.get(userId);
      if (running === undefined) {
        running = this.lease(userId, operation).finally(() => this.pending.delete(userId));
        this.pending.set(userId, running);
      }
      await inOwnWords(running, operation);
    } while (!this.spend(userId));
  }

  private async lease(userId: string, operation: string): Promise<void> {
    try {
      const { msBeforeNext } = await this.limiter.consume(userId, this.size);
      const lease = this.leases.get(userId);
      // Given back while the limiter was asked.
      const left = lease !== undefined && isOpen(lease) ? lease.points : 0;
      this.leases.set(userId, { points: this.size + left, until: performance.now() + msBeforeNext });
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) {
        throw refusal;
      }
      throw new ChatError('RATE_LIMITED', operation, 'too many commands; wait retryAfterMs and send it again', {
        retryAfterMs: Math.max(1, Math.ceil(refusal.msBeforeNext)),
      });
    }
  }
}
