import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { calmSteps, stormySteps } from '../../support/cluster/arbitrary-steps.js';
import { useFakeTime } from '../../support/cluster/fake-time.js';
import { SimulatedCluster, type Step } from '../../support/cluster/simulated-cluster.js';

/** Longer than the longest outage, the time after which a peer counts as dead, and the sync told after it. */
const HEALING_MS = 30_000;
const REST_MS = 10_000;

/** Instances that leave while others start: once, a goodbye of one that was never met was taken for missed events. */
const LEAVING_AND_STARTING: Step[] = [
  { kind: 'stop', instance: 1 },
  { kind: 'wait', ms: 3 },
  { kind: 'stop', instance: 0 },
  { kind: 'stop', instance: 0 },
  { kind: 'start' },
  { kind: 'wait', ms: 5_105 },
  { kind: 'wait', ms: 1 },
  { kind: 'wait', ms: 49 },
  { kind: 'stop', instance: 0 },
  { kind: 'start' },
  { kind: 'wait', ms: 944 },
  { kind: 'start' },
  { kind: 'stop', instance: 0 },
];

/** The last of three does not answer while another one starts, which gives up and talks without knowing of it. */
const BLOCKED_WHILE_ANOTHER_STARTS: Step[] = [
  { kind: 'wait', ms: 1_000 },
  { kind: 'block', instance: 2, ms: 3_600 },
  { kind: 'start' },
  { kind: 'wait', ms: 5_000 },
];

/** Three instances, of which each room has two, and everybody talks in both rooms whenever time passes. */
async function startCluster(seed: number): Promise<SimulatedCluster> {
  vi.clearAllTimers();
  const cluster = new SimulatedCluster({ seed, chatter: ['a', 'b'] });
  for (const rooms of [['a'], ['a', 'b'], ['b']]) {
    const instance = await cluster.start();
    for (const room of rooms) {
      instance.join(room);
    }
  }
  return cluster;
}

describe('instances that talk over Redis', () => {
  beforeEach(useFakeTime);
  afterEach(() => {
    vi.useRealTimers();
  });

  test('whatever breaks, who joined gets every event or is told afterwards to sync, and all comes to rest', async () => {
    await fc.assert(
      fc.asyncProperty(stormySteps, fc.nat(), async (steps, seed) => {
        const cluster = await startCluster(seed);
        for (const step of steps) {
          await cluster.perform(step);
        }
        await cluster.wait(HEALING_MS);
        expect(cluster.brokenPromises()).toEqual([]);
        expect(cluster.unnoticedDeaths()).toEqual([]);

        const { frames, alarms } = cluster;
        await cluster.wait(REST_MS);
        expect({ frames: cluster.frames - frames, alarms: cluster.alarms - alarms }).toEqual({ frames: 0, alarms: 0 });
      }),
      { numRuns: 250, examples: [[BLOCKED_WHILE_ANOTHER_STARTS, 1]] },
    );
  }, 120_000);

  test('while nothing breaks nobody is told to sync, though instances come and go', async () => {
    await fc.assert(
      fc.asyncProperty(calmSteps, fc.nat(), async (steps, seed) => {
        const cluster = await startCluster(seed);
        for (const step of steps) {
          await cluster.perform(step);
        }
        await cluster.wait(HEALING_MS);
        expect(cluster.brokenPromises()).toEqual([]);
        expect(cluster.alarms).toBe(0);
      }),
      { numRuns: 150, examples: [[LEAVING_AND_STARTING, 2_147_450_850]] },
    );
  }, 120_000);
});
