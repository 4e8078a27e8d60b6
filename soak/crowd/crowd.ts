import { setTimeout as delay } from 'node:timers/promises';
import { CrowdClient } from './crowd-client.js';
import type { Tally } from './tally.js';

const FIRST_USER_ID = 700_000;

/** Lets a crowd of users work for a while; resolves when the last of them has left. */
export async function letWork(
  { clients, milliseconds }: { clients: number; milliseconds: number },
  urls: readonly string[],
  tally: Tally,
): Promise<void> {
  // The same users each time: what the service keeps by user is full after the first round.
  const userIds = Array.from({ length: clients }, (_, index) => FIRST_USER_ID + index);
  const end = new AbortController();
  const work = userIds.map((userId) => new CrowdClient(userId, urls, userIds, tally).run(end.signal));
  await delay(milliseconds);
  end.abort();
  await Promise.all(work);
}
