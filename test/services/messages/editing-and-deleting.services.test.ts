import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { joinedPair } from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';
import { serviceEnvironment } from '../../support/chats/service-environment.js';
import { describeEditingAndDeleting } from '../../support/messages/editing-and-deleting-suite.js';
import { MessageStore } from '../../support/messages/message-store.js';
import { describeWithServices } from '../../support/services/test-services.js';

describeWithServices('on PostgreSQL and Redis,', (services) => {
  describeEditingAndDeleting(async (env) =>
    TestChat.start({ env: { ...env, ...(await serviceEnvironment(services)) } }),
  );
});

describeWithServices('when the time to edit a message is over', (services) => {
  let chat: TestChat;
  let store: MessageStore;

  beforeAll(async () => {
    const { url } = await services.freshDatabase();
    chat = await TestChat.start({ env: { DATABASE_URL: url, MESSAGE_EDIT_WINDOW_SECONDS: '600' } });
    store = await MessageStore.postgres(url, 1);
  });
  afterAll(async () => {
    await chat.stop();
    await store.close();
  });

  it('its author is told so, and can still delete it', async () => {
    const { buyer, seller, chatId } = await joinedPair(chat);
    const { id: messageId } = await buyer.get('message:send', { chatId, text: 'set in stone' });
    await buyer.get('message:edit', { chatId, messageId, text: 'set in sand' });
    await sql`update chat.messages set created_at = created_at - interval '601 seconds' where id = ${messageId}`.execute(
      store.db,
    );

    for (const text of ['too late', 'set in sand']) {
      const failure = await buyer.failure('message:edit', { chatId, messageId, text });
      expectRefusal(failure, 'FORBIDDEN');
      expect(failure.details).toEqual({ windowSeconds: 600 });
    }

    await seller.barrier();
    expect(seller.received('message:updated').map(({ text }) => text)).toEqual(['set in sand']);
    expect(await buyer.get('message:delete', { chatId, messageId })).toMatchObject({ text: '', rev: 3 });
  });
});
