import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { MessagesRepository } from '../../../src/messages/messages.repository.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { joinedPair } from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';

describe('a change whose commit was answered by a lost connection', () => {
  let chat: TestChat;
  const { change } = MessagesRepository.prototype;

  beforeAll(async () => {
    chat = await TestChat.start();
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => chat.stop());

  it.each([
    { command: 'message:edit', further: { text: 'corrected' }, left: 'corrected' },
    { command: 'message:delete', further: {}, left: '' },
  ] as const)('is found by the members though $command is not announced, and its repeat is answered', async (kind) => {
    const { buyer, seller, chatId } = await joinedPair(chat);
    const sent = await buyer.get('message:send', { chatId, text: 'as it was' });
    const payload = { chatId, messageId: sent.id, ...kind.further };
    vi.spyOn(MessagesRepository.prototype, 'change').mockImplementationOnce(async function (
      this: MessagesRepository,
      target,
      judge,
    ) {
      await change.call(this, target, judge);
      throw new Error('Connection terminated unexpectedly');
    });

    expectRefusal(await buyer.failure(kind.command, payload), 'UNAVAILABLE');

    await seller.event('sync:required');
    const { chats } = await seller.get('chat:sync', { chats: [{ chatId, rev: sent.rev }] });
    expect(chats[0]?.messages).toMatchObject([{ id: sent.id, text: kind.left, rev: sent.rev + 1 }]);
    expect(await buyer.ask(kind.command, payload)).toEqual({ success: true, data: chats[0]?.messages[0] });
  });
});
