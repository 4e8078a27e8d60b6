import type { Chat, EventPayload, JoinedChat, Message, MessagePage, SyncedChat } from '../../src/contract/index.js';

/**
 * - `added`: not seen before;
 * - `changed`: seen, and this is a later state of it;
 * - `known`: nothing new;
 * - `outside`: older than what is kept; paging back through the history will bring it.
 */
export type Arrival = 'added' | 'changed' | 'known' | 'outside';

/**
 * What a client keeps of one chat: its messages by `seq`, from a floor up to the newest without holes once it has caught
 * up, and the cursor to catch up from. Pure: it neither sends nor waits.
 */
export class Timeline {
  private readonly bySeq = new Map<number, Message>();
  /** Messages that arrived live before the join was answered. */
  private early: Message[] = [];
  private floorSeq: number | null = null;
  private cursor = 0;
  /** Every change up to this rev was seen, by whichever way. */
  private seenUpTo = 0;
  /** Revs beyond it that were seen. One between them that was not seen belongs to an event that has not come. */
  private readonly seenAhead = new Set<number>();

  private closed: string | null = null;
  private closingEvents = 0;

  /** Whether the chat was joined, so that there is a cursor to sync from. */
  get begun(): boolean {
    return this.floorSeq !== null;
  }

  /** The cursor for `chat:sync`: everything up to this rev is here. It moves with joins and syncs, never with live events. */
  get rev(): number {
    return this.cursor;
  }

  /** The `seq` from which on messages are kept; 1 when the whole chat is here. */
  get floor(): number {
    return this.floorSeq ?? 1;
  }

  /** Whether an event is missing before one that came: of a new message, which takes a `rev` as well as a `seq`, or of a change. */
  get hasGap(): boolean {
    return this.seenAhead.size > 0;
  }

  /** Since when the marketplace lets nothing be said in the chat; null while it is open, as far as is known. */
  get closedAt(): string | null {
    return this.closed;
  }

  /** How many events have told of a closing or reopening. */
  get closingsHeard(): number {
    return this.closingEvents;
  }

  /** Takes in `chat:closed` or `chat:reopened`. @returns whether that is news */
  hearClosing({ closedAt }: Pick<Chat, 'closedAt'>): boolean {
    this.closingEvents++;
    return this.setClosed(closedAt);
  }

  /**
   * Takes in what an answer says of it. An event that came while the answer was awaited may be younger, and counts more: closing
   * takes no `rev` that could tell.
   *
   * @param heard how many events had come when it was asked for
   * @returns whether that is news
   */
  learnClosing({ closedAt }: Pick<Chat, 'closedAt'>, heard: number): boolean {
    return heard === this.closingEvents && this.setClosed(closedAt);
  }

  /** In `seq` order. */
  get messages(): Message[] {
    return [...this.bySeq.values()].sort((one, other) => one.seq - other.seq);
  }

  /** Starts from the answer of `chat:join`. @returns the messages that are new with it, in `seq` order */
  begin({ chat, messages }: Pick<JoinedChat, 'chat' | 'messages'>): Message[] {
    this.floorSeq = messages[0]?.seq ?? chat.lastSeq + 1;
    this.cursor = chat.rev;
    this.seeUpTo(chat.rev);
    const early = this.early;
    this.early = [];
    return this.applyAll([...messages, ...early]);
  }

  /** Takes in a page of `chat:history` that ends right below the floor. @returns the messages that are new with it */
  extendBack({ messages }: Pick<MessagePage, 'messages'>): Message[] {
    this.floorSeq = Math.min(this.floor, messages[0]?.seq ?? this.floor);
    return this.applyAll(messages);
  }

  /** Takes in a live event. One from before the join was answered waits for the answer. */
  apply(message: Message): Arrival {
    if (!this.begun) {
      this.early.push(message);
      return 'known';
    }
    this.see(message.rev);
    if (message.seq < this.floor) {
      return 'outside';
    }
    const present = this.bySeq.get(message.seq);
    if (present !== undefined && present.rev >= message.rev) {
      return 'known';
    }
    this.bySeq.set(message.seq, message);
    return present === undefined ? 'added' : 'changed';
  }

  /**
   * Takes in a live reaction. It tells only a part of its message, so it counts only where nothing before it is missing: were it
   * put on an older state, the edit between the two would look like one that is known.
   *
   * @returns the message with it; `known` where that is not kept or needs nothing; `missing` where a sync has to bring it
   */
  react({
    seq,
    rev,
    reactions,
  }: Pick<EventPayload<'message:reaction'>, 'seq' | 'rev' | 'reactions'>): Message | 'known' | 'missing' {
    if (!this.begun || rev <= this.seenUpTo) {
      return 'known';
    }
    if (rev > this.seenUpTo + 1) {
      return 'missing';
    }
    this.see(rev);
    const present = this.bySeq.get(seq);
    if (present === undefined) {
      return 'known';
    }
    const message = { ...present, rev, reactions };
    this.bySeq.set(seq, message);
    return message;
  }

  /** Takes in an answer of `chat:sync` that is no `resync`. @returns the messages that were new or changed */
  catchUp({ rev, messages }: Pick<SyncedChat, 'rev' | 'messages'>): Message[] {
    const fresh = this.applyAll(messages);
    this.cursor = Math.max(this.cursor, rev);
    this.seeUpTo(rev);
    return fresh;
  }

  /** Forgets all messages: the cursor is of no use any more. */
  clear(): void {
    this.bySeq.clear();
    this.early = [];
    this.floorSeq = null;
    this.cursor = 0;
    this.seenUpTo = 0;
    this.seenAhead.clear();
  }

  private setClosed(closedAt: string | null): boolean {
    const isNews = this.closed !== closedAt;
    this.closed = closedAt;
    return isNews;
  }

  private see(rev: number): void {
    if (rev > this.seenUpTo) {
      this.seenAhead.add(rev);
      this.seeUpTo(this.seenUpTo);
    }
  }

  private seeUpTo(rev: number): void {
    this.seenUpTo = Math.max(this.seenUpTo, rev);
    while (this.seenAhead.delete(this.seenUpTo + 1)) {
      this.seenUpTo++;
    }
    for (const ahead of this.seenAhead) {
      if (ahead <= this.seenUpTo) {
        this.seenAhead.delete(ahead);
      }
    }
  }

  private applyAll(messages: readonly Message[]): Message[] {
    return messages.filter((message) => {
      const arrival = this.apply(message);
      return arrival === 'added' || arrival === 'changed';
    });
  }
}
