import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import type { TestClient } from '../../support/chat/test-client.js';
import { newUserId } from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';
import { MessageStore } from '../../support/messages/message-store.js';

/** Written straight into the database: a chat whose second member is given a role, before any service looks at it. */
describe('the moderator of a chat', () => {
  const [memberId, moderatorId, chatId] = [newUserId(), newUserId(), uuidv7()];
  let folder: string;
  let chat: TestChat;
  let member: TestClient;
  let moderator: TestClient;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chat-data-'));
    const store = await MessageStore.embedded(folder);
    await store.chats.createUnlessExists({
      id: chatId,
      buyerId: String(memberId),
      sellerId: String(moderatorId),
      keyProductId: null,
    });
    await sql`alter table chat.chat_members drop constraint chat_members_role_check`.execute(store.db);
    await sql`update chat.chat_members set role = 'moderator' where user_id = ${String(moderatorId)}`.execute(store.db);
    await store.close();
    chat = await TestChat.start({ env: { DATA_DIR: folder } });
    member = await chat.connect(memberId);
    moderator = await chat.connect(moderatorId);
    await Promise.all([member, moderator].map((client) => client.get('chat:join', { chatId })));
  });
  afterAll(async () => {
    await chat.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("deletes another one's message, with its files and reactions, once for everybody", async () => {
    const photo = { url: 'https://files.example/secret.jpg', name: 'secret.jpg', size: 1, mimeType: 'image/jpeg' };
    const sent = await member.get('message:send', { chatId, text: 'a secret', attachments: [photo] });
    const target = { chatId, messageId: sent.id };
    await member.get('message:react', { ...target, emoji: '👍' });

    const tombstone = await moderator.get('message:delete', target);

    expect(tombstone).toEqual({
      ...sent,
      text: '',
      attachments: [],
      reactions: [],
      rev: sent.rev + 2,
      deletedAt: expect.any(String),
    });
    expect(await moderator.get('message:delete', target)).toEqual(tombstone);
    expect(await member.get('message:delete', target)).toEqual(tombstone);
    expect((await member.get('chat:history', { chatId, limit: 1 })).messages).toEqual([tombstone]);
    for (const client of [member, moderator]) {
      await client.barrier();
      expect(client.received('message:deleted')).toEqual([tombstone]);
    }
  });

  it("does not edit another one's message, nor take back his reaction", async () => {
    const { id: messageId } = await member.get('message:send', { chatId, text: 'in my own words' });
    const reacted = await member.get('message:react', { chatId, messageId, emoji: '👍' });

    expectRefusal(await moderator.failure('message:edit', { chatId, messageId, text: 'in mine' }), 'FORBIDDEN');
    expect(await moderator.get('message:unreact', { chatId, messageId, emoji: '👍' })).toEqual(reacted);
  });

  it('is not deleted after by the others', async () => {
    const sent = await moderator.get('message:send', { chatId, text: 'as I said' });
    expectRefusal(await member.failure('message:delete', { chatId, messageId: sent.id }), 'FORBIDDEN');
    expect(await member.get('message:get', { chatId, messageId: sent.id })).toEqual(sent);
  });
});
