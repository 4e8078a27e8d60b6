import { ConsoleLogger, Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ClusterLink } from '../../../src/cluster/cluster-link.js';
import { useFakeTime } from '../../support/cluster/fake-time.js';
import { SimulatedCluster } from '../../support/cluster/simulated-cluster.js';
import type { SimulatedInstance } from '../../support/cluster/simulated-instance.js';
import { SimulatedRedis } from '../../support/cluster/simulated-redis.js';

/** Two instances that know each other, over a Redis that is quick while nobody slows it down. */
async function startTwo(): Promise<{ cluster: SimulatedCluster; here: SimulatedInstance; there: SimulatedInstance }> {
  const cluster = new SimulatedCluster({ maxLatencyMs: 1 });
  const here = await cluster.start();
  const there = await cluster.start();
  await cluster.wait(100);
  return { cluster, here, there };
}

describe('a link to the other instances', () => {
  beforeEach(useFakeTime);
  afterEach(() => {
    Logger.overrideLogger(new ConsoleLogger());
    vi.useRealTimers();
  });

  test('notices a subscribed connection that died without a word, and hears again', async () => {
    const { cluster, here, there } = await startTwo();
    there.join('a');
    await cluster.wait(10);
    there.redis.deafen();

    await cluster.wait(20_000);
    cluster.broadcast(here, 'a');
    await cluster.wait(100);

    expect(there.missedAt.length).toBeGreaterThan(0);
    expect(there.received.size).toBe(1);
  });

  describe('while all is well', () => {
    test('brings an event to the instance that has the room', async () => {
      const { cluster, here, there } = await startTwo();
      there.join('a');
      await cluster.wait(10);

      expect(cluster.broadcast(here, 'a')).toBe(1);
      await cluster.wait(10);

      expect([...there.received]).toEqual(['event-0']);
    });

    test('publishes nothing for a room that no other instance has, or has no more', async () => {
      const { cluster, here, there } = await startTwo();
      here.join('only here');
      there.join('left');
      await cluster.wait(10);
      there.leave('left');
      await cluster.wait(10);
      const { frames } = cluster;

      expect(cluster.broadcast(here, 'only here')).toBe(0);
      expect(cluster.broadcast(here, 'left')).toBe(0);
      await cluster.wait(100);

      expect(cluster.frames).toBe(frames);
    });

    test('what one turn of the event loop has to say travels in one frame', async () => {
      const { cluster, here, there } = await startTwo();
      there.join('a');
      await cluster.wait(10);
      const { frames } = cluster;

      for (let sent = 0; sent < 50; sent++) {
        cluster.broadcast(here, 'a');
      }
      await cluster.wait(100);

      expect(there.received.size).toBe(50);
      expect(cluster.frames - frames).toBe(1);
    });

    test('a join is complete only when the other instance has taken it in', async () => {
      const { cluster, here, there } = await startTwo();
      there.join('a');
      expect(there.rooms.get('a')?.settledAt).toBeNull();
      expect(here.link.concerned(new Set(['chat:a']))).toEqual([]);

      await cluster.wait(10);

      expect(there.rooms.get('a')?.settledAt).not.toBeNull();
      expect(here.link.concerned(new Set(['chat:a']))).toHaveLength(1);
    });

    test('instances that start at once know each other when both have started, and nobody is alarmed', async () => {
      const cluster = new SimulatedCluster({ maxLatencyMs: 30 });
      await Promise.all([cluster.perform({ kind: 'start' }), cluster.perform({ kind: 'start' })]);
      await cluster.wait(500);

      expect(cluster.running.map(({ started, link }) => [started, link.peerCount])).toEqual([
        [true, 1],
        [true, 1],
      ]);
      await cluster.wait(10_000);
      expect(cluster.alarms).toBe(0);
    });

    test('one that starts beside another does not stand in for one that is slow to answer', async () => {
      const cluster = new SimulatedCluster();
      await cluster.start();
      const slow = await cluster.start();
      slow.redis.block(1_000);
      const first = cluster.launch();
      await cluster.wait(100);
      const second = cluster.launch();
      await cluster.wait(500);
      expect([first.started, second.started]).toEqual([false, false]);
      await cluster.wait(5_000);
      expect([first.started, second.started]).toEqual([true, true]);
      expect(cluster.alarms).toBe(0);
    });

    test('one that takes leave is waited for no longer', async () => {
      const cluster = new SimulatedCluster({ maxLatencyMs: 1 });
      const leaving = await cluster.start();
      leaving.redis.block(1_000);
      const starting = cluster.launch();
      await cluster.wait(500);
      const stopped = cluster.stop(leaving);
      await cluster.wait(600);
      expect(starting.started).toBe(true);
      await stopped;
    });

    test('one that took leave before is not waited for either, though its connection is still open', async () => {
      const cluster = new SimulatedCluster({ maxLatencyMs: 1 });
      const left = await cluster.start();
      void left.stop();
      await cluster.wait(10);
      const starting = cluster.launch();
      await cluster.wait(100);
      expect(starting.started).toBe(true);
    });

    test('what other deployments listen to whose prefix begins like ours is not waited for', async () => {
      const cluster = new SimulatedCluster({ maxLatencyMs: 1 });
      const neighbour = cluster.connect();
      void neighbour.subscriber.subscribe('sim:to:eu:all', 'sim:to:eu:to:i0');
      await cluster.wait(10);
      const starting = cluster.launch();
      await cluster.wait(100);
      expect(starting.started).toBe(true);
    });

    test('a clean stop alarms nobody', async () => {
      const { cluster, here, there } = await startTwo();

      await cluster.stop(there);
      await cluster.wait(10_000);

      expect(here.link.peerCount).toBe(0);
      expect(here.missedAt).toEqual([]);
    });

    test('a stopped link does not answer what still arrives, so nobody takes it for alive', async () => {
      const { cluster, here, there } = await startTwo();
      there.join('a');
      await cluster.wait(10);
      // The goodbye and this event cross on their way.
      cluster.broadcast(here, 'a');
      const stopped = there.stop();
      await cluster.wait(10_000);
      await stopped;

      expect(here.link.peerCount).toBe(0);
      expect(here.missedAt).toEqual([]);
    });
  });

  describe('when something breaks', () => {
    test('a peer that fell silent counts as dead, and what it may have left unsaid as missed', async () => {
      const { cluster, here, there } = await startTwo();
      await cluster.kill(there);

      await cluster.wait(8_000);

      expect(here.link.peerCount).toBe(0);
      expect(here.missedAt).toHaveLength(1);
    });

    test('a peer that stops without a goodbye counts as dead, and what it said last arrives', async () => {
      const { cluster, here, there } = await startTwo();
      here.join('a');
      await cluster.wait(10);
      cluster.broadcast(there, 'a');
      await cluster.stop(there, { goodbye: false });

      await cluster.wait(8_000);

      expect(here.received.size).toBe(1);
      expect(here.link.peerCount).toBe(0);
      expect(here.missedAt).toHaveLength(1);
    });

    test('events that the sender could not publish are missed by their receiver, who learns it from the next beat', async () => {
      const { cluster, here, there } = await startTwo();
      there.join('a');
      await cluster.wait(10);
      here.redis.cutPublisher(50);
      cluster.broadcast(here, 'a');

      await cluster.wait(4_000);

      expect(there.received.size).toBe(0);
      expect(there.missedAt).toHaveLength(1);
    });

    test('events of one that started while we were blocked, and had given up waiting for us, are missed by us', async () => {
      let untold = 0;
      for (let blockedMs = 2_000; blockedMs <= 5_000; blockedMs += 100) {
        vi.clearAllTimers();
        const cluster = new SimulatedCluster({ maxLatencyMs: 1 });
        const here = await cluster.start();
        here.join('a');
        await cluster.wait(100);
        here.redis.block(blockedMs);
        const there = await cluster.start();
        untold += cluster.broadcast(there, 'a') === 0 ? 1 : 0;

        await cluster.wait(10_000);

        expect(cluster.brokenPromises()).toEqual([]);
        expect(here.link.peerCount).toBe(1);
      }
      // Else the test would look at nothing: the newcomer would know us in every case.
      expect(untold).toBeGreaterThan(10);
    });

    test('a frame that arrives as garbage is missed by its receiver, who learns it from the next beat, and goes on', async () => {
      Logger.overrideLogger(false);
      const { cluster, here, there } = await startTwo();
      there.join('a');
      await cluster.wait(10);
      const { publish } = here.redis.publisher;
      const publishing = vi
        .spyOn(here.redis.publisher, 'publish')
        .mockImplementation((channel, message) =>
          publish(channel, channel.includes(':to:') ? message.subarray(0, 5) : message),
        );
      cluster.broadcast(here, 'a');
      await cluster.wait(10);
      publishing.mockRestore();

      await cluster.wait(4_000);
      expect(there.received.size).toBe(0);
      expect(there.missedAt).toHaveLength(1);

      cluster.broadcast(here, 'a');
      await cluster.wait(10);
      expect(there.received.size).toBe(1);
    });

    test('an event that the adapter cannot read counts as missed, and those that came with it arrive', async () => {
      Logger.overrideLogger(false);
      const { cluster, here, there } = await startTwo();
      there.join('a');
      await cluster.wait(10);
      const unreadable = vi.fn(() => {
        throw new Error('Insufficient data');
      });
      there.link.subscriber.once('pmessageBuffer', unreadable);
      cluster.broadcast(here, 'a');
      cluster.broadcast(here, 'a');

      await cluster.wait(4_000);

      expect(unreadable).toHaveBeenCalledTimes(1);
      expect(there.received.size).toBe(2);
      expect(there.missedAt).toHaveLength(1);
    });

    test('garbage of strangers on the channels disturbs nobody', async () => {
      const warnings: unknown[] = [];
      Logger.overrideLogger({ log: () => undefined, error: () => undefined, warn: (line) => warnings.push(line) });
      const { cluster, here, there } = await startTwo();
      const { publisher } = cluster.connect();
      for (let count = 0; count < 100; count++) {
        void publisher.publish('sim:all', Buffer.from('hello'));
        void publisher.publish(`sim:to:${there.name}`, Buffer.from([0xc1, 0xff, count]));
      }
      await cluster.wait(8_000);

      expect([here.missedAt, there.missedAt]).toEqual([[], []]);
      expect(here.link.peerCount).toBe(1);
      expect(warnings).toHaveLength(2);
    });

    test('events lost right before a goodbye are missed too', async () => {
      const { cluster, here, there } = await startTwo();
      there.join('a');
      await cluster.wait(10);
      here.redis.cutPublisher(50);
      cluster.broadcast(here, 'a');
      await cluster.wait(60);
      await cluster.stop(here);

      await cluster.wait(4_000);

      expect(there.missedAt).toHaveLength(1);
    });

    test('a lost answer is asked for again, so later joins do not wait in vain', async () => {
      const { cluster, here, there } = await startTwo();
      here.redis.cutPublisher(500);
      there.join('a');
      await cluster.wait(6_000);
      const alarms = there.missedAt.length;

      // A second socket joins the same room: there is nothing new to tell.
      expect(there.link.settled()).toBeUndefined();
      await cluster.wait(6_000);
      expect(there.missedAt).toHaveLength(alarms);
    });

    test('after a join that nobody answered, sync is told only once the peers know of the join', async () => {
      const { cluster, here, there } = await startTwo();
      await cluster.perform({ kind: 'stallRedis', ms: 4_000 });
      there.join('a');
      await cluster.wait(3_500);
      expect(there.rooms.get('a')?.settledAt).not.toBeNull();
      expect(there.missedAt).toEqual([]);

      await cluster.wait(2_000);
      expect(here.link.concerned(new Set(['chat:a']))).toHaveLength(1);
      expect(there.missedAt).toHaveLength(1);
    });

    test('a peer that was taken for dead and comes back is noticed, in whatever order its messages come', async () => {
      for (let lagMs = 0; lagMs < 1_000; lagMs += 20) {
        vi.clearAllTimers();
        const cluster = new SimulatedCluster({ maxLatencyMs: 1, chatter: ['a'] });
        const here = await cluster.start();
        await cluster.wait(500);
        await cluster.start();
        here.join('a');
        await cluster.wait(100);
        await cluster.perform({ kind: 'cutBoth', instance: 1, ms: 8_000, lagMs });
        await cluster.chat(7_900);
        expect(here.link.peerCount).toBe(0);

        await cluster.chat(2_000);
        await cluster.wait(8_000);

        expect(cluster.brokenPromises()).toEqual([]);
      }
    });

    test('while a peer stays deaf the others are told again and again, and no more once it hears', async () => {
      const { cluster, here } = await startTwo();
      await cluster.perform({ kind: 'cutSubscriber', instance: 1, ms: 120_000 });
      await cluster.wait(120_000);
      const duringOutage = here.missedAt.length;
      expect(duringOutage).toBeGreaterThan(1);
      // At growing intervals: two minutes of outage must not mean a sync of everybody every five seconds.
      expect(duringOutage).toBeLessThan(8);

      await cluster.wait(5_000);
      const afterwards = here.missedAt.length;
      await cluster.wait(20_000);

      expect(here.missedAt).toHaveLength(afterwards);
    });
  });

  describe('where Redis is away at the start', () => {
    test('the start does not wait for it, and the instance is introduced when it comes back', async () => {
      const cluster = new SimulatedCluster({ maxLatencyMs: 1 });
      const first = await cluster.start();
      const redis = cluster.connect();
      redis.cutPublisher(3_000);
      redis.cutSubscriber(3_000);
      const late = new ClusterLink({ id: 'late', prefix: 'sim', redis });
      await late.start();
      expect(late.peerCount).toBe(0);

      await cluster.wait(6_000);

      expect(late.peerCount).toBe(1);
      expect(first.link.peerCount).toBe(1);
      const stopped = late.stop();
      await cluster.wait(1_000);
      await stopped;
    });

    test('a Redis that goes away in the middle of the introduction does not keep the instance from starting', async () => {
      const server = new SimulatedRedis(() => 5);
      const redis = server.connect();
      const link = new ClusterLink({ id: 'alone', prefix: 'sim', redis });
      const started = link.start();
      redis.cutPublisher(60_000);
      redis.cutSubscriber(60_000);
      await vi.advanceTimersByTimeAsync(3_000);

      await expect(started).resolves.toBeUndefined();
      const stopped = link.stop();
      await vi.advanceTimersByTimeAsync(1_000);
      await expect(stopped).resolves.toBeUndefined();
    });
  });
});
