import { setTimeout as delay } from 'node:timers/promises';

/**
 * Lets a fault last. Its length is part of the scenario, so this is the one place of the suite where time itself is waited
 * for; what a test waits for otherwise is a condition.
 */
export function faultLasts(milliseconds: number): Promise<void> {
  return delay(milliseconds);
}
