import { vi } from 'vitest';
import { SimulatedInstance } from './simulated-instance.js';
import { type SimulatedClients, SimulatedRedis } from './simulated-redis.js';

export type Step =
  | { kind: 'wait'; ms: number }
  | { kind: 'join' | 'leave' | 'broadcast'; instance: number; room: string }
  | { kind: 'start' }
  | { kind: 'stop' | 'kill'; instance: number }
  | { kind: 'cutPublisher' | 'cutSubscriber' | 'block'; instance: number; ms: number }
  /** The publishing connection comes back `lagMs` after the other one. */
  | { kind: 'cutBoth'; instance: number; ms: number; lagMs: number }
  | { kind: 'restartRedis'; ms: number }
  | { kind: 'stallRedis'; ms: number };

const CHATTER_INTERVAL_MS = 150;

interface Broadcast {
  event: string;
  room: string;
  at: number;
  from: SimulatedInstance;
  /** Those who had a settled socket in the room at that moment. */
  owedTo: SimulatedInstance[];
}

interface SimulationOptions {
  /** Of the latencies. */
  seed?: number;
  maxLatencyMs?: number;
  chatter?: readonly string[];
}

/** Deterministic, and the same for the same seed: a failing case can be run again. */
function seededLatency(seed: number, maxMs: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % (maxMs + 1);
  };
}

/**
 * Several links over a {@link SimulatedRedis}, driven step by step in fake time, with a record of who was owed what.
 * Needs fake timers for `setTimeout`, `setInterval`, `setImmediate`, `Date` and `performance`.
 */
export class SimulatedCluster {
  readonly instances: SimulatedInstance[] = [];
  readonly broadcasts: Broadcast[] = [];
  readonly deaths: { at: number; killed: SimulatedInstance; survivors: SimulatedInstance[] }[] = [];
  /** Rooms in which every running instance broadcasts, again and again while time passes. */
  private readonly chatter: readonly string[];
  private readonly redis: SimulatedRedis;
  private readonly latency: () => number;
  private history = 0;

  constructor({ seed = 1, maxLatencyMs = 20, chatter = [] }: SimulationOptions = {}) {
    this.chatter = chatter;
    this.latency = seededLatency(seed, maxLatencyMs);
    this.redis = new SimulatedRedis(this.latency);
  }

  get running(): SimulatedInstance[] {
    return this.instances.filter(({ state }) => state === 'running');
  }

  /** How many frames from instance to instance Redis has routed so far; beats, which go to all, do not count. */
  get frames(): number {
    return this.redis.routed.filter((channel) => channel.includes(':to:')).length;
  }

  /** How often sockets of running instances were told to sync. */
  get alarms(): number {
    return this.running.reduce((sum, { missedAt }) => sum + missedAt.length, 0);
  }

  /** Connections for a link of the test's own. */
  connect(): SimulatedClients {
    return this.redis.connect();
  }

  /** Begins to start an instance. */
  launch(): SimulatedInstance {
    const instance = new SimulatedInstance(`i${this.instances.length}`, this.redis.connect(), () => this.tick());
    this.instances.push(instance);
    return instance;
  }

  /** Starts an instance and waits until it has met the others. */
  async start(): Promise<SimulatedInstance> {
    const instance = this.launch();
    while (!instance.started) {
      await this.wait(1);
    }
    return instance;
  }

  async perform(step: Step): Promise<void> {
    switch (step.kind) {
      case 'wait':
        return this.chat(step.ms);
      case 'start':
        if (this.running.length < 4) {
          this.launch();
        }
        return;
      case 'restartRedis':
        return this.redis.restart(() => step.ms + this.latency() * 10);
      case 'stallRedis':
        return this.redis.stall(step.ms);
    }
    const instance = this.running[step.instance % Math.max(1, this.running.length)];
    if (instance === undefined || !instance.awake) {
      return;
    }
    switch (step.kind) {
      case 'join':
        return instance.join(step.room);
      case 'leave':
        return instance.leave(step.room);
      case 'broadcast':
        this.broadcast(instance, step.room);
        return;
      case 'stop':
        return this.stop(instance);
      case 'kill':
        return this.kill(instance);
      case 'cutPublisher':
        return instance.redis.cutPublisher(step.ms);
      case 'cutSubscriber':
        return instance.redis.cutSubscriber(step.ms);
      case 'block':
        return instance.redis.block(step.ms);
      case 'cutBoth':
        instance.redis.cutPublisher(step.ms + step.lagMs);
        return instance.redis.cutSubscriber(step.ms);
    }
  }

  /** @returns to how many peers the event was directed */
  broadcast(from: SimulatedInstance, room: string): number {
    const event = `event-${this.broadcasts.length}`;
    const owedTo = this.running.filter(
      (other) => other !== from && typeof other.rooms.get(room)?.settledAt === 'number',
    );
    this.broadcasts.push({ event, room, at: this.tick(), from, owedTo });
    return from.broadcast(room, event);
  }

  /** Lets time pass while everybody talks. */
  async chat(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= CHATTER_INTERVAL_MS) {
      await this.wait(Math.min(left, CHATTER_INTERVAL_MS));
      for (const instance of this.running.filter(({ awake }) => awake)) {
        for (const room of this.chatter) {
          this.broadcast(instance, room);
        }
      }
    }
  }

  async stop(instance: SimulatedInstance, options?: { goodbye: boolean }): Promise<void> {
    this.forgiveStrangersOf(instance);
    const stopped = instance.stop(options);
    await this.wait(0);
    // Redis may be away: then nobody hears the goodbye, and nothing waits for it.
    await Promise.race([stopped, this.wait(2_000)]);
    instance.redis.cutForEver();
  }

  async kill(instance: SimulatedInstance): Promise<void> {
    this.forgiveStrangersOf(instance);
    const survivors = this.running.filter((other) => other !== instance && other.knows(instance));
    const killed = instance.kill();
    this.deaths.push({ at: this.tick(), killed: instance, survivors });
    await killed;
  }

  /** Lets fake time pass, and everything that is due in it happen. */
  async wait(ms: number): Promise<void> {
    let over = false;
    setTimeout(() => {
      over = true;
    }, ms);
    while (!over) {
      vi.advanceTimersToNextTimer();
      // What the timer resolved runs on in microtasks, a few deep.
      for (let depth = 0; depth < 8; depth++) {
        await null;
      }
    }
  }

  /**
   * The promise of the link: who had joined when an event was sent has it, or was told afterwards that something may be
   * missing. To be asked once everything has come to rest.
   */
  brokenPromises(): string[] {
    return this.broadcasts.flatMap(({ event, room, at, from, owedTo }) =>
      owedTo
        .filter(({ state }) => state === 'running')
        .filter(({ received, missedAt }) => !received.has(event) && !missedAt.some((missed) => missed > at))
        .map(({ name }) => `${name} never heard of ${event}, which ${from.name} sent to ${room}`),
    );
  }

  /** A crash may have come between a commit and its announcement: every survivor must have been told. */
  unnoticedDeaths(): string[] {
    return this.deaths.flatMap(({ at, killed, survivors }) =>
      survivors
        .filter(({ state, missedAt }) => state === 'running' && !missedAt.some((missed) => missed > at))
        .map(({ name }) => `${name} did not notice that ${killed.name} died`),
    );
  }

  /**
   * An instance that goes away while it is cut off, and was taken for dead before, leaves nothing behind by which others
   * could learn that it said something since: the one case in which the link cannot keep its promise.
   */
  private forgiveStrangersOf(gone: SimulatedInstance): void {
    for (const broadcast of this.broadcasts.filter(({ from }) => from === gone)) {
      broadcast.owedTo = broadcast.owedTo.filter((other) => other.knows(gone));
    }
  }

  private tick(): number {
    this.history += 1;
    return this.history;
  }
}
