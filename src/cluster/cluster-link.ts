import { Logger } from '@nestjs/common';
import { OccasionalLog } from '../logging/occasional-log.js';
import { AdapterClients } from './adapter-clients.js';
import { type Beat, decodeBeat, decodeFrame, encodeBeat, encodeFrame, type Frame, type Publish } from './frame.js';
import { Introduction } from './introduction.js';
import type { LinkRedis } from './link-redis.js';
import { MissedEvents } from './missed-events.js';
import { Peer } from './peer.js';
import { settledWithin } from './settled-within.js';

/** How long a join waits for the peers to know of it. */
const SETTLE_TIMEOUT_MS = 2_000;
const BEAT_INTERVAL_MS = 1_000;
/** A peer unheard for this long is dead, or out of reach, which is the same to us. */
const PEER_TIMEOUT_MS = 5_000;
/** How long a starting instance waits to be introduced to the others. */
const INTRODUCTION_TIMEOUT_MS = 3_000;
/** How long a stopping instance waits for Redis to take its goodbye. */
const GOODBYE_TIMEOUT_MS = 1_000;
/** Whoever sends garbage may send much of it. */
const GARBAGE_LOG_INTERVAL_MS = 60_000;

interface LinkOptions {
  /** Unique among the instances, never used again; without `:`. */
  id: string;
  /** Start of the channels; one for each deployment that shares a Redis. Holds nothing that a pattern of channels would not take as it is. */
  prefix: string;
  redis: LinkRedis;
}

/**
 * Ties this instance to the others over Redis.
 *
 * Instances tell each other which rooms they hold sockets of, so an event is published to those whom it concerns and
 * costs nothing where it concerns none. All that one has to say to another in one turn of the event loop travels as one
 * numbered frame. A missing number, a peer that fell silent, or a connection to Redis that broke, means that events may
 * have been missed; that is reported once everything is in order again.
 */
export class ClusterLink {
  private readonly adapter: AdapterClients;
  private readonly interests = new Set<string>();
  private readonly peers = new Map<string, Peer>();
  private readonly missed = new MissedEvents();
  private readonly logger = new Logger(ClusterLink.name);
  private readonly garbage = new OccasionalLog(
    (facts, message) => this.logger.warn(facts, message),
    GARBAGE_LOG_INTERVAL_MS,
  );
  private directed: readonly Peer[] | null = null;
  private flushing = false;
  private heardOwnBeatAt = 0;
  private readonly introduction = new Introduction();
  private timer: NodeJS.Timeout | undefined;
  private phase: 'unknown' | 'starting' | 'running' | 'stopped' = 'unknown';
  /** Of the frames to a peer that is met next. */
  private firstNumber = 1;

  constructor(private readonly options: LinkOptions) {
    this.adapter = new AdapterClients(options.prefix, (publish) => this.publish(publish));
  }

  get publisher(): AdapterClients['publisher'] {
    return this.adapter.publisher;
  }

  get subscriber(): AdapterClients['subscriber'] {
    return this.adapter.subscriber;
  }

  /** Hears that events of other instances may have been missed; everything is in order again by then. */
  onMissed(listener: () => void): void {
    this.missed.onMissed(listener);
  }

  /** Joins the others; resolves when all that can be reached know each other, or when Redis is away. */
  async start(): Promise<void> {
    const { redis, id } = this.options;
    redis.subscriber.on('messageBuffer', (channel: Buffer, message: Buffer) =>
      this.receive(channel.toString(), message),
    );
    // Redis away: the subscription waits in the client's queue, and `ready` introduces this instance.
    const subscribed = redis.subscriber.subscribe(this.allChannel, this.channelOf(id)).catch(() => undefined);
    redis.subscriber.on('ready', () => this.rejoin());
    if (redis.ready) {
      await Promise.race([this.introduce(subscribed), unrefDelay(INTRODUCTION_TIMEOUT_MS)]);
    }
    this.phase = 'running';
    this.heardOwnBeatAt = performance.now();
    this.timer = setInterval(() => this.beat(), BEAT_INTERVAL_MS).unref();
  }

  /**
   * Resolves when Redis has the last word, and may be closed. Bounded, and never rejects.
   *
   * @param options.goodbye takes leave, so that nobody takes this instance for dead. Without it everybody will, and have his
   * sockets sync: for an instance that leaves something behind that it could not tell.
   */
  async stop({ goodbye = true }: { goodbye?: boolean } = {}): Promise<void> {
    clearInterval(this.timer);
    this.flush();
    this.phase = 'stopped';
    const { redis, id } = this.options;
    // One that starts now does not wait for us to introduce ourselves.
    const unsubscribed = redis.subscriber.unsubscribe(this.channelOf(id)).catch(() => undefined);
    const said = Promise.all([unsubscribed, this.say(goodbye ? 'bye' : 'alive')]);
    for (const peer of this.peers.values()) {
      peer.abandon();
    }
    this.peers.clear();
    await Promise.race([said, unrefDelay(GOODBYE_TIMEOUT_MS)]);
  }

  /** Tells the others that this instance wants, or no longer wants, what concerns an interest. */
  announce(interest: string, wanted: boolean): void {
    if (wanted) {
      this.interests.add(interest);
    } else {
      this.interests.delete(interest);
    }
    for (const peer of this.peers.values()) {
      peer.announce(interest, wanted);
    }
    this.scheduleFlush();
  }

  /**
   * Resolves when every peer knows what was announced so far; `undefined` where there is nothing to wait for. Bounded: a
   * peer that does not answer in time may not have known, which counts as something missed.
   */
  settled(): Promise<void> | undefined {
    return settledWithin(SETTLE_TIMEOUT_MS, this.peers, () => this.markMissed());
  }

  /** The peers whom an event for these rooms concerns; all of them where no room is named. */
  concerned(rooms: ReadonlySet<string>): Peer[] {
    const concerned: Peer[] = [];
    for (const peer of this.peers.values()) {
      let wants = rooms.size === 0;
      for (const room of rooms) {
        wants ||= peer.wants(room);
      }
      if (wants) {
        concerned.push(peer);
      }
    }
    return concerned;
  }

  /** Whether some peer wants `interest` and has not said `exception`. */
  anyWantsWithout(interest: string, exception: string): boolean {
    for (const peer of this.peers.values()) {
      if (peer.wants(interest) && !peer.has(exception)) {
        return true;
      }
    }
    return false;
  }

  /** What the adapter publishes during `action` goes to these peers only. */
  direct(peers: readonly Peer[], action: () => void): void {
    this.directed = peers;
    try {
      action();
    } finally {
      this.directed = null;
    }
  }

  get peerCount(): number {
    return this.peers.size;
  }

  private get allChannel(): string {
    return `${this.options.prefix}:all`;
  }

  private channelOf(id: string): string {
    return `${this.options.prefix}:to:${id}`;
  }

  private publish(publish: Publish): void {
    for (const peer of this.directed ?? this.peers.values()) {
      peer.publish(publish);
    }
    this.scheduleFlush();
  }

  private scheduleFlush(): void {
    if (!this.flushing) {
      this.flushing = true;
      setImmediate(() => this.flush());
    }
  }

  private flush(): void {
    this.flushing = false;
    for (const peer of this.peers.values()) {
      const frame = peer.nextFrame(this.options.id, this.interests);
      if (frame !== null) {
        void this.send(this.channelOf(peer.id), encodeFrame(frame));
      }
    }
  }

  private say(kind: Beat['kind']): Promise<void> {
    const sent = Object.fromEntries([...this.peers.values()].map((peer) => [peer.id, peer.sent]));
    return this.send(this.allChannel, encodeBeat({ from: this.options.id, kind, sent }));
  }

  /** Never rejects: what cannot be sent is missed by its receivers, who find out by the numbers. */
  private async send(channel: string, message: Buffer): Promise<void> {
    await this.options.redis.publisher.publish(channel, message).catch(() => undefined);
  }

  private receive(channel: string, message: Buffer): void {
    // Before its start is told, an answer would look to the others like one from an instance that they had missed; after
    // its goodbye, like one from an instance that lives.
    if (this.phase === 'unknown' || this.phase === 'stopped') {
      return;
    }
    const beat = channel === this.allChannel ? decodeBeat(message) : null;
    const frame = channel === this.channelOf(this.options.id) ? decodeFrame(message) : null;
    if (beat !== null) {
      this.receiveBeat(beat);
    } else if (frame !== null) {
      this.receiveFrame(frame);
    } else {
      // The number of a frame stays missing: the sender's next frame or beat shows the gap.
      this.garbage.tell({ channel }, 'unreadable message of another instance left out');
    }
  }

  private receiveFrame(frame: Frame): void {
    const peer = this.peers.get(frame.from) ?? this.meetLate(frame.from);
    if (peer.receive(frame, performance.now())) {
      peer.doubt();
      this.markMissed();
    }
    // Answers what was asked, repeats what was doubted.
    this.scheduleFlush();
    if (this.phase === 'starting' && peer.complete) {
      this.introduction.settle(peer.id);
    }
    for (const publish of frame.publishes) {
      try {
        this.adapter.handOver(publish);
      } catch (error) {
        // Thrown on, it would end the process. What the adapter cannot read is as good as lost.
        this.garbage.tell({ err: error, channel: publish[0] }, 'unreadable event of another instance left out');
        peer.doubt();
        this.markMissed();
      }
    }
  }

  private receiveBeat({ from, kind, sent }: Beat): void {
    if (from === this.options.id) {
      this.heardOwnBeatAt = performance.now();
      return;
    }
    if (this.phase === 'starting' && kind === 'bye') {
      this.introduction.settle(from);
    }
    const known = this.peers.get(from);
    if (known === undefined && kind === 'bye') {
      // It stopped while this instance started, before the two had met: it never knew of a socket here to send anything to.
      return;
    }
    const peer = known ?? (kind === 'start' ? this.meet(from) : this.meetLate(from));
    // One that does not know us, though we know it, gets a complete frame as after a gap.
    if (known?.receiveBeat(sent[this.options.id], performance.now())) {
      known.doubt();
      this.markMissed();
      this.scheduleFlush();
    }
    if (kind === 'bye') {
      this.lose(peer);
    }
  }

  private meet(id: string): Peer {
    const peer = new Peer(id, performance.now(), this.firstNumber);
    this.peers.set(id, peer);
    this.scheduleFlush();
    return peer;
  }

  /**
   * It was here before we knew it: what it said meanwhile did not reach us. Nor did what we said reach it, and it may have heard
   * of our start in time and take itself for informed, where its event loop was blocked while we gave up waiting for it.
   */
  private meetLate(id: string): Peer {
    this.markMissed();
    const peer = this.meet(id);
    if (this.phase === 'running') {
      peer.leaveNumberOut();
    }
    return peer;
  }

  private lose(peer: Peer): void {
    // Should it come back, the gap shows it that we said things meanwhile.
    this.firstNumber = Math.max(this.firstNumber, peer.sent + 2);
    peer.abandon();
    this.peers.delete(peer.id);
  }

  private rejoin(): void {
    if (this.phase === 'unknown' || this.phase === 'stopped') {
      return;
    }
    this.heardOwnBeatAt = performance.now();
    for (const peer of this.peers.values()) {
      peer.doubt();
    }
    this.markMissed();
    void this.say('alive');
    this.scheduleFlush();
  }

  private beat(): void {
    const now = performance.now();
    for (const peer of this.peers.values()) {
      if (peer.isSilentSince(now - PEER_TIMEOUT_MS)) {
        // It may have died between a commit and its announcement.
        this.lose(peer);
        this.markMissed();
      }
    }
    this.checkHearing(now);
    void this.say('alive');
    if (this.options.redis.ready) {
      this.missed.report(
        [...this.peers.values()].every((peer) => peer.inOrder),
        now,
      );
    }
  }

  /**
   * Redis sends every instance its own beats too. Where they stay away, the subscribed connection is dead without a word,
   * which nothing else would tell: an idle subscriber waits, and the peers' silence looks like their death.
   */
  private checkHearing(now: number): void {
    if (this.phase === 'running' && this.options.redis.ready && now - this.heardOwnBeatAt > PEER_TIMEOUT_MS) {
      this.heardOwnBeatAt = now;
      this.markMissed();
      this.options.redis.subscriber.disconnect(true);
    }
  }

  private markMissed(): void {
    // Before the start is done there is no socket that could miss anything.
    if (this.phase === 'running') {
      this.missed.mark(performance.now());
    }
  }

  /** Resolves when all who listen have introduced themselves or taken leave, or when Redis goes away. */
  private async introduce(subscribed: Promise<unknown>): Promise<void> {
    await subscribed;
    if (this.phase === 'unknown') {
      this.phase = 'starting';
    }
    await this.say('start');
    await this.introduction.of(await this.listening());
  }

  /** The ids of the other instances that listen now; none where Redis is away. */
  private async listening(): Promise<string[]> {
    const start = this.channelOf('');
    const channels = await this.options.redis.commands.pubsub('CHANNELS', `${start}*`).catch(() => []);
    return (
      channels
        .map((channel) => String(channel).slice(start.length))
        // What has more parts is of another deployment, whose prefix begins like ours.
        .filter((id) => id !== this.options.id && !id.includes(':'))
    );
  }
}

function unrefDelay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
