import { ChatError, type RateClass } from '../../../src/contract/index.js';
import type { RateLimiter } from '../../../src/rate-limit/rate-limiter.js';

interface Flood {
  commands: number;
  /** All in flight together, or each after the answer to the one before. */
  atOnce: boolean;
}

async function passes(limiter: RateLimiter, rate: RateClass, userId: string): Promise<boolean> {
  try {
    await limiter.consume(rate, userId, 'flood');
    return true;
  } catch (error) {
    if (error instanceof ChatError && error.code === 'RATE_LIMITED') {
      return false;
    }
    throw error;
  }
}

/** Spreads the commands of one user over instances, turn by turn, and counts those that were let pass. */
export async function countPassed(
  instances: readonly RateLimiter[],
  rate: RateClass,
  userId: string,
  { commands, atOnce }: Flood,
): Promise<number> {
  const turns = Array.from({ length: commands }, (_, index) => instances[index % instances.length] as RateLimiter);
  const outcomes: boolean[] = [];
  if (atOnce) {
    outcomes.push(...(await Promise.all(turns.map((limiter) => passes(limiter, rate, userId)))));
  } else {
    for (const limiter of turns) {
      outcomes.push(await passes(limiter, rate, userId));
    }
  }
  return outcomes.filter(Boolean).length;
}
