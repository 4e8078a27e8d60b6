import { ClusterLink } from '../../../src/cluster/cluster-link.js';
import { chatRoom } from '../../../src/delivery/rooms.js';
import type { SimulatedClients } from './simulated-redis.js';

const PREFIX = 'sim';

interface Membership {
  /** Where in the history the join was complete; `null` while it waits for the peers. */
  settledAt: number | null;
}

/** One instance of the service, reduced to its link: it joins and leaves rooms, broadcasts, and logs what reaches it. */
export class SimulatedInstance {
  readonly link: ClusterLink;
  readonly received = new Set<string>();
  /** Where in the history this instance said that something may have been missed. */
  readonly missedAt: number[] = [];
  readonly rooms = new Map<string, Membership>();
  state: 'running' | 'stopped' | 'killed' = 'running';
  started = false;
  readonly starting: Promise<void>;

  /** @param clock the present place in the history; each call is a new one */
  constructor(
    readonly name: string,
    readonly redis: SimulatedClients,
    private readonly clock: () => number,
  ) {
    this.link = new ClusterLink({ id: name, prefix: PREFIX, redis });
    this.link.onMissed(() => this.missedAt.push(this.clock()));
    this.link.subscriber.on('pmessageBuffer', (_pattern: null, _channel: string, payload: Buffer) => {
      this.received.add(payload.toString());
    });
    this.starting = this.link.start().then(() => {
      this.started = true;
    });
  }

  /** A first socket joins the room: what it is told must include everything from `settledAt` on. */
  join(room: string): void {
    if (this.rooms.has(room)) {
      return;
    }
    const membership: Membership = { settledAt: null };
    this.rooms.set(room, membership);
    this.link.announce(chatRoom(room), true);
    const settled = this.link.settled() ?? Promise.resolve();
    void settled.then(() => {
      membership.settledAt = this.clock();
    });
  }

  leave(room: string): void {
    if (this.rooms.delete(room)) {
      this.link.announce(chatRoom(room), false);
    }
  }

  /** Whether it can do anything: it has started, and its event loop is not blocked. */
  get awake(): boolean {
    return this.started && !this.redis.blocked;
  }

  knows(other: SimulatedInstance): boolean {
    return this.link.concerned(new Set()).some(({ id }) => id === other.name);
  }

  /** As the adapter does it. @returns to how many peers it was directed */
  broadcast(room: string, event: string): number {
    const peers = this.link.concerned(new Set([chatRoom(room)]));
    if (peers.length > 0) {
      this.link.direct(peers, () =>
        this.link.publisher.publish(`${PREFIX}#/chat#${chatRoom(room)}#`, Buffer.from(event)),
      );
    }
    return peers.length;
  }

  /** A stop in order: the rooms are empty by then. */
  async stop(options?: { goodbye: boolean }): Promise<void> {
    this.state = 'stopped';
    for (const room of [...this.rooms.keys()]) {
      this.leave(room);
    }
    await this.link.stop(options);
  }

  /** A crash, seen from the others; its remains in this process are silenced. */
  async kill(): Promise<void> {
    this.state = 'killed';
    this.redis.cutForEver();
    await this.link.stop();
  }
}
