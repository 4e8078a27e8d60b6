import type { Frame, Publish } from './frame.js';

interface Waiter {
  frame: number;
  answered: () => void;
}

/**
 * What this instance knows of another one: what it is interested in, how far the frames of both directions have come, and
 * what waits to be sent. Pure state; the link does the talking.
 */
export class Peer {
  private readonly interests = new Set<string>();
  private known = false;
  /** The number of its last frame; `null` before its first. */
  private received: number | null = null;
  private sentFrames: number;
  private lastAsk = 0;
  private lastAnswer = 0;
  /** The frame whose answer shows that it knows what it should know. */
  private mustAnswer = 0;
  private heardAt: number;
  private waiters: Waiter[] = [];

  private changes = new Map<string, boolean>();
  private tellEverything = true;
  private needsEverything = true;
  private asking = false;
  private answering: number | null = null;
  private publishes: Publish[] = [];

  /**
   * @param now milliseconds, monotonic
   * @param firstNumber of the frames to it: never one that it may still answer, or take for the next, from before it was lost
   */
  constructor(
    readonly id: string,
    now: number,
    private readonly firstNumber = 1,
  ) {
    this.heardAt = now;
    this.sentFrames = firstNumber - 1;
  }

  /** Whether all of its interests are known. Until then everything may concern it. */
  get complete(): boolean {
    return this.known;
  }

  /** Whether each side knows of the other what it wants: from here on nothing is missed. */
  get inOrder(): boolean {
    return this.known && !this.tellEverything && this.mustAnswer <= this.lastAnswer;
  }

  /** The number of the last frame sent to it; 0 before the first. */
  get sent(): number {
    return this.sentFrames < this.firstNumber ? 0 : this.sentFrames;
  }

  isSilentSince(time: number): boolean {
    return this.heardAt < time;
  }

  wants(interest: string): boolean {
    return !this.known || this.interests.has(interest);
  }

  /** For interests whose presence means that less is wanted: not knowing must not count as having. */
  has(interest: string): boolean {
    return this.known && this.interests.has(interest);
  }

  /** Numbers the frames as if one had been sent and lost: by the gap it learns that it was not told everything. */
  leaveNumberOut(): void {
    this.sentFrames++;
  }

  announce(interest: string, wanted: boolean): void {
    this.changes.set(interest, wanted);
    this.asking = true;
  }

  publish(publish: Publish): void {
    this.publishes.push(publish);
  }

  /**
   * Calls back when the peer has taken in everything announced so far.
   *
   * @returns `false`, without a call, when it has already
   */
  whenSettled(answered: () => void): boolean {
    const frame = this.latestAsk;
    if (frame <= this.lastAnswer) {
      return false;
    }
    this.waiters.push({ frame, answered });
    return true;
  }

  /** Somebody has waited in vain: what was announced so far counts as unknown to it until it answers. */
  awaitAnswer(): void {
    this.mustAnswer = this.latestAsk;
  }

  /** Nothing is expected of it any more: whoever waits for it goes on. */
  abandon(): void {
    this.answer(Number.POSITIVE_INFINITY);
  }

  /** What is known of its interests is in doubt: until it has told them anew, everything may concern it. */
  doubt(): void {
    this.known = false;
    this.needsEverything = true;
    this.tellEverything = true;
  }

  /** The next frame to send; `null` when there is nothing to say. */
  nextFrame(from: string, allInterests: ReadonlySet<string>): Frame | null {
    const silent =
      !this.tellEverything &&
      !this.needsEverything &&
      !this.asking &&
      this.answering === null &&
      this.publishes.length === 0;
    if (silent) {
      return null;
    }
    const complete = this.tellEverything;
    // Whatever was asked before may have been lost, or its answer.
    const ask = this.asking || complete;
    const changes = complete ? [] : [...this.changes];
    this.sentFrames++;
    this.mustAnswer = complete ? this.sentFrames : this.mustAnswer;
    this.lastAsk = ask ? this.sentFrames : this.lastAsk;
    const frame: Frame = {
      from,
      number: this.sentFrames,
      first: this.firstNumber,
      complete,
      again: this.needsEverything,
      drop: changes.filter(([, wanted]) => !wanted).map(([interest]) => interest),
      add: complete ? [...allInterests] : changes.filter(([, wanted]) => wanted).map(([interest]) => interest),
      ask,
      answer: this.answering,
      publishes: this.publishes,
    };
    this.changes = new Map();
    this.tellEverything = false;
    this.needsEverything = false;
    this.asking = false;
    this.answering = null;
    this.publishes = [];
    return frame;
  }

  /** @returns whether frames are missing before it, and with them perhaps some of the sender's interests */
  receive(frame: Frame, now: number): boolean {
    this.heardAt = now;
    const gap = frame.number !== (this.received ?? frame.first - 1) + 1;
    this.received = frame.number;
    if (frame.complete) {
      this.interests.clear();
      this.known = true;
    }
    for (const interest of frame.drop) {
      this.interests.delete(interest);
    }
    for (const interest of frame.add) {
      this.interests.add(interest);
    }
    this.tellEverything ||= frame.again;
    if (frame.ask) {
      this.answering = frame.number;
    }
    if (frame.answer !== null) {
      this.answer(frame.answer);
    }
    return gap;
  }

  /**
   * @param sentToUs the number of the last frame that it says it sent, 0 before the first; `undefined` when it does not know us
   * @returns whether something has not come
   */
  receiveBeat(sentToUs: number | undefined, now: number): boolean {
    this.heardAt = now;
    if (sentToUs === undefined) {
      return true;
    }
    const missing = (this.received ?? 0) !== sentToUs;
    this.received = sentToUs === 0 ? null : sentToUs;
    return missing;
  }

  /** The number of the frame, sent or next to be sent, whose answer covers everything announced so far. */
  private get latestAsk(): number {
    return this.asking || this.tellEverything ? this.sentFrames + 1 : this.lastAsk;
  }

  private answer(frame: number): void {
    this.lastAnswer = Math.max(this.lastAnswer, frame);
    const open = this.waiters.findIndex((waiter) => waiter.frame > frame);
    const answered = open === -1 ? this.waiters.splice(0) : this.waiters.splice(0, open);
    for (const waiter of answered) {
      waiter.answered();
    }
  }
}
