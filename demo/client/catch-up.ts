import { type JoinedChat, type Message, SYNC_CHATS_MAX } from '../../src/contract/index.js';
import { BackOff, pause } from './back-off.js';
import type { Connection } from './connection.js';
import { NotAnswered, nextStep } from './outcome.js';
import type { Timeline } from './timeline.js';

/** One page of history, the most the contract allows. */
const PAGE = 200;

interface CatchUpOptions {
  connection: Pick<Connection, 'ready' | 'ask' | 'renewToken'>;
  /** The chats to keep, by id. A chat that turns out not to be the user's is taken out. */
  timelines: Map<string, Timeline>;
  /** Whether to page each chat back to its beginning, instead of keeping the latest page and what follows. */
  wholeHistory: boolean;
  /** Hears of messages that are new or changed. */
  onMessages: (messages: readonly Message[]) => void;
  /** The marketplace has closed a chat, or opened it again, and no event told of it. */
  onClosing: (chatId: string) => void;
  /** A chat could not be joined and was taken out. */
  onLost: (chatId: string, error: unknown) => void;
}

/**
 * Brings all chats up to date: joins what this connection has not joined yet, and then asks for everything that changed
 * after the cursors. In this order, because what is stored after a join arrives live, and what was stored before it
 * comes with the sync.
 */
export class CatchUp {
  private readonly joined = new Set<string>();
  private wanted = false;
  private running = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: CatchUpOptions) {}

  /** Whether nothing is left to do, as far as is known. */
  get done(): boolean {
    return !this.wanted && !this.running && this.timer === undefined;
  }

  /** On a new connection nothing is joined. */
  restart(): void {
    this.joined.clear();
    this.now();
  }

  now(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.wanted = true;
    if (!this.running) {
      this.running = true;
      void this.run();
    }
  }

  /** After a random delay, unless a catch-up is due already. Spreads the clients that are told so in one moment. */
  within(spreadMs: number): void {
    this.timer ??= setTimeout(() => this.now(), Math.random() * spreadMs);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** Never rejects. Ends when all is done or the connection is away; `restart` starts it again. */
  private async run(): Promise<void> {
    const pace = new BackOff();
    while (this.wanted && this.options.connection.ready) {
      this.wanted = false;
      try {
        await this.joinAll();
        await this.sync();
        pace.reset();
      } catch (error) {
        this.wanted = true;
        const step = nextStep(error, 1);
        if (step.kind === 'renew-token') {
          await this.options.connection.renewToken();
        } else if (this.options.connection.ready) {
          await pause(pace.next(step.kind === 'repeat' ? step.afterMs : 0));
        }
      }
    }
    this.running = false;
  }

  /** Waits for every answer also where one failed: a join that is still under way must not be sent again. */
  private async joinAll(): Promise<void> {
    const outcomes = await Promise.allSettled([...this.options.timelines.keys()].map((chatId) => this.join(chatId)));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) {
      throw failed.reason;
    }
  }

  private async join(chatId: string): Promise<void> {
    const timeline = this.options.timelines.get(chatId);
    if (timeline === undefined || this.joined.has(chatId)) {
      return;
    }
    const { begun, closingsHeard } = timeline;
    let answer: JoinedChat;
    try {
      // A chat that has a cursor needs the live events only: what it missed comes with the sync.
      answer = await this.options.connection.ask('chat:join', begun ? { chatId, limit: 1 } : { chatId, limit: PAGE });
    } catch (error) {
      if (nextStep(error, 1).kind !== 'give-up') {
        throw error;
      }
      this.options.timelines.delete(chatId);
      this.options.onLost(chatId, error);
      return;
    }
    if (!begun) {
      this.options.onMessages(timeline.begin(answer));
    }
    if (timeline.learnClosing(answer.chat, closingsHeard)) {
      this.options.onClosing(chatId);
    }
    this.joined.add(chatId);
  }

  private async sync(): Promise<void> {
    const begun = [...this.options.timelines].filter(([, timeline]) => timeline.begun);
    if (this.options.wholeHistory) {
      for (const [chatId, timeline] of begun) {
        await this.pageBack(chatId, timeline);
      }
    }
    for (let behind = begun; behind.length > 0; ) {
      const asked = behind.slice(0, SYNC_CHATS_MAX);
      const further = await this.syncPage(asked);
      behind = [...further, ...behind.slice(SYNC_CHATS_MAX)];
    }
  }

  /** @returns the chats of which there is more */
  private async syncPage(asked: readonly [string, Timeline][]): Promise<[string, Timeline][]> {
    const heard = asked.map(([, { closingsHeard }]) => closingsHeard);
    const { chats } = await this.options.connection.ask('chat:sync', {
      chats: asked.map(([chatId, { rev }]) => ({ chatId, rev })),
    });
    return asked.filter(([chatId, timeline], index) => {
      const answer = chats[index];
      if (answer === undefined) {
        throw new NotAnswered('the answer names fewer chats than were asked about');
      }
      if (answer.resync) {
        timeline.clear();
        this.joined.delete(chatId);
        this.wanted = true;
        return false;
      }
      this.options.onMessages(timeline.catchUp(answer));
      if (timeline.learnClosing(answer, heard[index] ?? 0)) {
        this.options.onClosing(chatId);
      }
      return answer.hasMore;
    });
  }

  private async pageBack(chatId: string, timeline: Timeline): Promise<void> {
    while (timeline.floor > 1) {
      const page = await this.options.connection.ask('chat:history', {
        chatId,
        beforeSeq: timeline.floor,
        limit: PAGE,
      });
      if (page.messages.length === 0) {
        return;
      }
      this.options.onMessages(timeline.extendBack(page));
    }
  }
}
