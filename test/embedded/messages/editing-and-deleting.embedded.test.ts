import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { joinedPair } from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';
import { describeEditingAndDeleting } from '../../support/messages/editing-and-deleting-suite.js';

describeEditingAndDeleting((env) => TestChat.start({ env }));

describe('where messages are never edited', () => {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await TestChat.start({ env: { MESSAGE_EDIT_WINDOW_SECONDS: '0' } });
  });
  afterAll(() => chat.stop());

  it('an edit is refused, however early it comes, while a delete is always in time', async () => {
    const { buyer, seller, chatId } = await joinedPair(chat);
    const sent = await buyer.get('message:send', { chatId, text: 'for good' });
    const target = { chatId, messageId: sent.id };

    const failure = await buyer.failure('message:edit', { ...target, text: 'or not' });

    expectRefusal(failure, 'FORBIDDEN');
    expect(failure.details).toEqual({ windowSeconds: 0 });
    await seller.barrier();
    expect(seller.received('message:updated')).toEqual([]);
    expect((await seller.get('chat:history', { chatId })).messages).toEqual([sent]);
    expect(await buyer.get('message:delete', target)).toMatchObject({ text: '', rev: 2 });
  });
});

describe('once the time to edit is over', () => {
  const WINDOW_SECONDS = 120;
  let chat: TestChat;

  beforeAll(async () => {
    // Clients take a clock that jumps by more than the heartbeats' time for a dead connection.
    const env = { MESSAGE_EDIT_WINDOW_SECONDS: String(WINDOW_SECONDS), PING_TIMEOUT_MS: '600000' };
    chat = await TestChat.start({ env });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  afterAll(() => chat.stop());

  it('an edit that would have been good before comes too late and changes nothing, while a delete is in time', async () => {
    const { buyer, seller, chatId } = await joinedPair(chat);
    const { id: messageId } = await buyer.get('message:send', { chatId, text: 'first words' });
    const target = { chatId, messageId };
    const edited = await buyer.get('message:edit', { ...target, text: 'second thoughts' });

    vi.useFakeTimers({ now: Date.parse(edited.createdAt) + WINDOW_SECONDS * 1_000 + 1, toFake: ['Date'] });
    const failures = [
      await buyer.failure('message:edit', { ...target, text: 'third ones' }),
      await buyer.failure('message:edit', { ...target, text: edited.text }),
    ];

    for (const failure of failures) {
      expectRefusal(failure, 'FORBIDDEN');
      expect(failure.details).toEqual({ windowSeconds: WINDOW_SECONDS });
    }
    expect((await seller.get('chat:history', { chatId })).messages).toEqual([edited]);
    const tombstone = await buyer.get('message:delete', target);
    expect(tombstone).toMatchObject({ text: '', rev: 3 });
    expect(await seller.event('message:deleted')).toEqual(tombstone);
    expect(seller.received('message:updated')).toEqual([edited]);
  });
});
