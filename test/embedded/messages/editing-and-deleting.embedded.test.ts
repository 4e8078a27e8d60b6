import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
