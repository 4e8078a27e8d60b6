import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CatchUp } from '../../../demo/client/catch-up.js';
import { CommandFailed } from '../../../demo/client/outcome.js';
import { Timeline } from '../../../demo/client/timeline.js';
import type { CommandData, CommandInput, CommandName, ErrorCode, Message } from '../../../src/contract/index.js';
import { ChatError } from '../../../src/contract/index.js';
import { aChat, aMessage, CHAT_ID } from './a-message.js';

/** A service with one chat, whose answers follow the contract; sync pages hold `page` messages. */
class OneChatService {
  ready = true;
  /** Since when the chat is closed. */
  closedAt: string | null = null;
  readonly asked: string[] = [];
  readonly stored: Message[] = [];
  readonly failures: ErrorCode[] = [];
  readonly renewToken = vi.fn(async () => undefined);

  constructor(private readonly page = 100) {}

  store(count: number): void {
    for (let left = count; left > 0; left--) {
      this.stored.push(aMessage(this.stored.length + 1));
    }
  }

  /** As after a restore from an old backup: positions of clients lie ahead of the chat. */
  forgetAfter(seq: number): void {
    this.stored.splice(seq);
  }

  async ask<C extends CommandName>(command: C, payload: CommandInput<C>): Promise<CommandData<C>> {
    this.asked.push(command);
    const code = this.failures.shift();
    if (code !== undefined) {
      throw new CommandFailed(new ChatError(code, 'run', 'x').toFailure());
    }
    return this.answer(command, payload) as CommandData<C>;
  }

  private answer(command: CommandName, payload: unknown): unknown {
    if (command === 'chat:join') {
      const { limit = 50 } = payload as CommandInput<'chat:join'>;
      const chat = { ...aChat(this.stored.length), closedAt: this.closedAt };
      return {
        chat,
        members: [],
        typing: [],
        messages: this.stored.slice(-limit),
        hasMore: this.stored.length > limit,
      };
    }
    if (command === 'chat:history') {
      const { beforeSeq = 1, limit = 50 } = payload as CommandInput<'chat:history'>;
      return { messages: this.stored.slice(0, beforeSeq - 1).slice(-limit), hasMore: beforeSeq - 1 > limit };
    }
    const { chats } = payload as CommandInput<'chat:sync'>;
    return {
      chats: chats.map(({ chatId, rev }) => {
        if (rev > this.stored.length) {
          return { chatId, resync: true, rev: 0, hasMore: false, closedAt: null, messages: [] };
        }
        const messages = this.stored.slice(rev, rev + this.page);
        const next = rev + messages.length;
        const { closedAt } = this;
        return { chatId, resync: false, rev: next, hasMore: next < this.stored.length, closedAt, messages };
      }),
    };
  }
}

function catchingUp(service: OneChatService, wholeHistory = true) {
  const timeline = new Timeline();
  const timelines = new Map([[CHAT_ID, timeline]]);
  const onLost = vi.fn();
  const onClosing = vi.fn();
  const onMessages = () => undefined;
  const catchUp = new CatchUp({ connection: service, timelines, wholeHistory, onMessages, onClosing, onLost });
  return { catchUp, timeline, timelines, onClosing, onLost };
}

describe('catching up', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('joins, then syncs, so that nothing falls between the two', async () => {
    const service = new OneChatService();
    const { catchUp } = catchingUp(service);
    catchUp.now();
    await vi.runAllTimersAsync();
    expect(service.asked).toEqual(['chat:join', 'chat:sync']);
    expect(catchUp.done).toBe(true);
  });

  it('learns that the chat was closed or reopened, by the join as by the sync, and tells it once', async () => {
    const service = new OneChatService();
    const { catchUp, timeline, onClosing } = catchingUp(service);
    service.closedAt = '2026-01-02T00:00:00.000Z';
    catchUp.now();
    await vi.runAllTimersAsync();
    expect(timeline.closedAt).toBe(service.closedAt);
    expect(onClosing).toHaveBeenCalledTimes(1);

    service.closedAt = null;
    catchUp.now();
    await vi.runAllTimersAsync();
    expect(service.asked).toEqual(['chat:join', 'chat:sync', 'chat:sync']);
    expect(timeline.closedAt).toBeNull();
    expect(onClosing).toHaveBeenCalledTimes(2);
  });

  it('asks for page after page until there is no more', async () => {
    const service = new OneChatService(10);
    const { catchUp, timeline } = catchingUp(service);
    catchUp.now();
    await vi.runAllTimersAsync();
    service.store(25);
    catchUp.restart();
    await vi.runAllTimersAsync();
    expect(timeline.messages).toEqual(service.stored);
    expect(timeline.rev).toBe(25);
  });

  it('pages a long chat back to its beginning where the whole history is wanted', async () => {
    const service = new OneChatService();
    service.store(450);
    const { catchUp, timeline } = catchingUp(service);
    catchUp.now();
    await vi.runAllTimersAsync();
    expect(timeline.messages).toEqual(service.stored);
  });

  it('keeps the latest page otherwise', async () => {
    const service = new OneChatService();
    service.store(450);
    const { catchUp, timeline } = catchingUp(service, false);
    catchUp.now();
    await vi.runAllTimersAsync();
    expect(timeline.messages).toEqual(service.stored.slice(-200));
  });

  it('drops what it kept and joins anew when its position is of no use', async () => {
    const service = new OneChatService();
    service.store(5);
    const { catchUp, timeline } = catchingUp(service);
    catchUp.now();
    await vi.runAllTimersAsync();
    service.forgetAfter(2);
    catchUp.now();
    await vi.runAllTimersAsync();
    expect(timeline.messages).toEqual(service.stored);
  });

  it('tries again after a failure that may pass', async () => {
    const service = new OneChatService();
    service.store(3);
    service.failures.push('UNAVAILABLE', 'RATE_LIMITED');
    const { catchUp, timeline } = catchingUp(service);
    catchUp.now();
    await vi.runAllTimersAsync();
    expect(timeline.messages).toEqual(service.stored);
  });

  it('drops a chat that is not the user’s, and tells so', async () => {
    const service = new OneChatService();
    service.failures.push('CHAT_NOT_FOUND');
    const { catchUp, timelines, onLost } = catchingUp(service);
    catchUp.now();
    await vi.runAllTimersAsync();
    expect(timelines.size).toBe(0);
    expect(onLost).toHaveBeenCalledExactlyOnceWith(CHAT_ID, expect.any(CommandFailed));
  });

  it('is asked for within a time only once in that time', async () => {
    const service = new OneChatService();
    const { catchUp } = catchingUp(service);
    catchUp.within(2_000);
    catchUp.within(2_000);
    expect(service.asked).toEqual([]);
    await vi.runAllTimersAsync();
    expect(service.asked).toEqual(['chat:join', 'chat:sync']);
  });
});
