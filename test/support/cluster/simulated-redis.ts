import type { LinkRedis } from '../../../src/cluster/link-redis.js';

/**
 * Nothing arrives in the moment it is sent: a fake timer of no delay is set off now or a millisecond later, depending on who sets
 * it, and would let one item overtake another.
 */
const MIN_DELAY_MS = 1;

/** One direction of a connection: in order, with a delay of its own for each item, until it is cut. */
class Wire {
  private life = 0;
  private lastArrival = 0;

  constructor(private readonly delayMs: () => number) {}

  carry(arrive: () => void): void {
    const { life } = this;
    this.lastArrival = Math.max(this.lastArrival, Date.now() + Math.max(MIN_DELAY_MS, this.delayMs()));
    setTimeout(() => {
      if (life === this.life) {
        arrive();
      }
    }, this.lastArrival - Date.now());
  }

  /** What is under way is lost. */
  cut(): void {
    this.life++;
    this.lastArrival = 0;
  }
}

/**
 * The part of a Redis server that instances talk over: channels, subscribers, and connections that are slow or break.
 * Runs on (fake) timers alone. What is published on one connection arrives in order at each subscriber, which is what
 * Redis promises; everything else may be late or lost.
 */
export class SimulatedRedis {
  private readonly clients = new Set<SimulatedClients>();
  private stalledUntil = 0;
  /** What reached the server so far: its channel. */
  readonly routed: string[] = [];

  /** @param latencyMs drawn for every message and hop */
  constructor(private readonly latencyMs: () => number) {}

  connect(): SimulatedClients {
    const clients = new SimulatedClients(this);
    this.clients.add(clients);
    return clients;
  }

  /** Answers nothing for a while; what is sent meanwhile waits. */
  stall(durationMs: number): void {
    this.stalledUntil = Math.max(this.stalledUntil, Date.now() + durationMs);
  }

  /** Every connection breaks, and comes back in its own time. */
  restart(downMs: () => number): void {
    for (const clients of this.clients) {
      clients.cutPublisher(downMs());
      clients.cutSubscriber(downMs());
    }
  }

  newWire(): Wire {
    return new Wire(() => Math.max(0, this.stalledUntil - Date.now()) + this.latencyMs());
  }

  route(channel: string, message: Buffer): void {
    this.routed.push(channel);
    for (const clients of this.clients) {
      clients.deliver(channel, message);
    }
  }

  /** Those with subscribers that begin like this. */
  channelsFrom(start: string): string[] {
    const channels = [...this.clients].flatMap((clients) => [...clients.subscriptions]);
    return [...new Set(channels)].filter((channel) => channel.startsWith(start));
  }
}

interface HeldBack {
  sent: (() => void)[];
  arrived: (() => void)[];
}

/** How long a connection takes to come back that was given up on purpose. */
const RECONNECT_MS = 50;

/** Stands in for the service's three Redis connections, and behaves as they are configured to. */
export class SimulatedClients implements LinkRedis {
  private readonly listeners: ((channel: Buffer, message: Buffer) => void)[] = [];
  private readonly readyListeners: (() => void)[] = [];
  private readonly upload: Wire;
  private readonly subscriptionUpload: Wire;
  private readonly download: Wire;
  private readonly wanted = new Set<string>();
  private readonly subscribed = new Set<string>();
  private readonly failPending = new Set<() => void>();
  /** What waits for the end of a blocked event loop, each in order; `null` while it turns. */
  private heldBack: HeldBack | null = null;
  private publisherUp = true;
  private subscriberUp = true;
  private deaf = false;
  private publisherOutage = 0;
  private subscriberOutage = 0;

  constructor(private readonly server: SimulatedRedis) {
    this.upload = server.newWire();
    this.subscriptionUpload = server.newWire();
    this.download = server.newWire();
  }

  get ready(): boolean {
    return this.publisherUp && this.subscriberUp;
  }

  readonly commands = {
    pubsub: async (_subcommand: 'CHANNELS', pattern: string): Promise<unknown[]> => {
      if (!this.publisherUp) {
        throw new Error('the connection is broken');
      }
      return this.server.channelsFrom(pattern.slice(0, -1));
    },
  };

  readonly publisher = {
    publish: (channel: string, message: Buffer): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const fail = (): void => reject(new Error('the connection is broken'));
        if (!this.publisherUp) {
          fail();
          return;
        }
        this.failPending.add(fail);
        this.whenAwake('sent', () => {
          if (!this.failPending.has(fail)) {
            return;
          }
          this.upload.carry(() => {
            this.failPending.delete(fail);
            this.server.route(channel, message);
            resolve(1);
          });
        });
      }),
  };

  readonly subscriber = {
    subscribe: async (...channels: string[]): Promise<unknown> => {
      for (const channel of channels) {
        this.wanted.add(channel);
      }
      if (this.subscriberUp) {
        await this.renewSubscriptions();
      }
      return channels.length;
    },
    unsubscribe: async (channel: string): Promise<unknown> => {
      this.wanted.delete(channel);
      this.subscriptionUpload.carry(() => this.subscribed.delete(channel));
      return this.wanted.size;
    },
    on: (event: 'messageBuffer' | 'ready', listener: (channel: Buffer, message: Buffer) => void): void => {
      if (event === 'messageBuffer') {
        this.listeners.push(listener);
      } else {
        this.readyListeners.push(listener as () => void);
      }
    },
    disconnect: (): void => this.cutSubscriber(RECONNECT_MS),
  };

  get subscriptions(): ReadonlySet<string> {
    return this.subscribed;
  }

  deliver(channel: string, message: Buffer): void {
    if (this.subscribed.has(channel) && !this.deaf) {
      this.download.carry(() =>
        this.whenAwake('arrived', () => {
          for (const listener of this.listeners) {
            listener(Buffer.from(channel), message);
          }
        }),
      );
    }
  }

  /** The subscribed connection dies without a word: both ends take it for good, and nothing arrives. */
  deafen(): void {
    this.deaf = true;
  }

  /** What is published until the end of the outage fails; what is under way is lost. */
  cutPublisher(outageMs: number): void {
    const outage = ++this.publisherOutage;
    this.publisherUp = false;
    this.upload.cut();
    for (const fail of this.failPending) {
      fail();
    }
    this.failPending.clear();
    this.after(outageMs, () => {
      if (outage === this.publisherOutage) {
        this.publisherUp = true;
      }
    });
  }

  /** The subscription is gone until the connection is back and the server has heard of it again. */
  cutSubscriber(outageMs: number): void {
    const outage = ++this.subscriberOutage;
    this.subscriberUp = false;
    this.deaf = false;
    this.subscribed.clear();
    this.subscriptionUpload.cut();
    this.download.cut();
    this.after(outageMs, () => {
      if (outage === this.subscriberOutage) {
        this.subscriberUp = true;
        void this.renewSubscriptions();
        this.whenAwake('arrived', () => {
          for (const listener of this.readyListeners) {
            listener();
          }
        });
      }
    });
  }

  get blocked(): boolean {
    return this.heldBack !== null;
  }

  /**
   * The process computes for so long: what arrives waits in its network buffers, and it says nothing. Timers cannot be told
   * apart by whose they are; what those of this process do meanwhile takes effect at the end.
   */
  block(durationMs: number): void {
    if (this.heldBack !== null) {
      return;
    }
    const heldBack: HeldBack = { sent: [], arrived: [] };
    this.heldBack = heldBack;
    setTimeout(() => {
      this.heldBack = null;
      for (const action of [...heldBack.sent, ...heldBack.arrived]) {
        action();
      }
    }, durationMs);
  }

  /** As when the process dies: nothing leaves or arrives any more. */
  cutForEver(): void {
    this.cutPublisher(Number.POSITIVE_INFINITY);
    this.cutSubscriber(Number.POSITIVE_INFINITY);
  }

  private whenAwake(direction: 'sent' | 'arrived', action: () => void): void {
    if (this.heldBack === null) {
      action();
    } else {
      this.heldBack[direction].push(action);
    }
  }

  private after(delayMs: number, action: () => void): void {
    if (Number.isFinite(delayMs)) {
      setTimeout(action, delayMs);
    }
  }

  private renewSubscriptions(): Promise<void> {
    return new Promise((resolve) => {
      this.subscriptionUpload.carry(() => {
        for (const channel of this.wanted) {
          this.subscribed.add(channel);
        }
        this.download.carry(resolve);
      });
    });
  }
}
