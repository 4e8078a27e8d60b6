import { Redis } from 'ioredis';
import { decodeBeat, decodeFrame } from '../../../src/cluster/frame.js';

/** Listens in on what instances say to each other over a real Redis, as a further subscriber that none of them knows of. */
export class ClusterTraffic {
  /** Ids of those who beat, in order of the beats. */
  readonly beats: string[] = [];
  /** Names of the Socket.IO events that travelled between instances, one entry for each receiver. */
  readonly events: string[] = [];

  private constructor(private readonly client: Redis) {}

  static async listen(redisUrl: string, prefix: string): Promise<ClusterTraffic> {
    const client = new Redis(redisUrl, { maxRetriesPerRequest: null });
    client.on('error', () => undefined);
    const traffic = new ClusterTraffic(client);
    client.on('pmessageBuffer', (_pattern: string, channel: Buffer, message: Buffer) => {
      traffic.hear(channel.toString(), message);
    });
    await client.psubscribe(`${prefix}:to:*`);
    await client.psubscribe(`${prefix}:all`);
    return traffic;
  }

  stop(): void {
    this.client.disconnect();
  }

  private hear(channel: string, message: Buffer): void {
    if (channel.endsWith(':all')) {
      this.beats.push(decodeBeat(message)?.from ?? 'unreadable');
      return;
    }
    for (const [, payload] of decodeFrame(message)?.publishes ?? [['', 'unreadable']]) {
      this.events.push(eventName(payload));
    }
  }
}

/** The adapter's own encoding of a broadcast keeps the event's name readable, so there is no need to take it apart. */
function eventName(payload: Buffer | string): string {
  const text = payload.toString('latin1');
  const known = ['message:new', 'message:notification', 'typing:start', 'typing:stop', 'user:online', 'user:offline'];
  return known.find((name) => text.includes(name)) ?? 'other';
}
