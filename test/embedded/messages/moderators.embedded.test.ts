import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { UNLIMITED } from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';
import { type GroupOfThree, groupOfThree } from '../../support/groups/group-of-three.js';

describe('who keeps order in a group', () => {
  let chat: TestChat;
  let group: GroupOfThree;

  beforeAll(async () => {
    chat = await TestChat.start({ env: UNLIMITED });
    group = await groupOfThree(chat);
  });
  afterAll(() => chat.stop());

  it.each(['moderator', 'owner'] as const)(
    "deletes another one's message as its %s, with its files and reactions, once for everybody",
    async (who) => {
      const { chatId, member, everybody, [who]: keeper } = group;
      const photo = { url: 'https://files.example/secret.jpg', name: 'secret.jpg', size: 1, mimeType: 'image/jpeg' };
      const sent = await member.get('message:send', { chatId, text: 'a secret', attachments: [photo] });
      const target = { chatId, messageId: sent.id };
      await member.get('message:react', { ...target, emoji: '👍' });

      const tombstone = await keeper.get('message:delete', target);

      expect(tombstone).toEqual({
        ...sent,
        text: '',
        attachments: [],
        reactions: [],
        rev: sent.rev + 2,
        deletedAt: expect.any(String),
      });
      expect(await keeper.get('message:delete', target)).toEqual(tombstone);
      expect(await member.get('message:delete', target)).toEqual(tombstone);
      expect((await member.get('chat:history', { chatId, limit: 1 })).messages).toEqual([tombstone]);
      for (const client of everybody) {
        await client.barrier();
        expect(client.received('message:deleted').filter(({ id }) => id === sent.id)).toEqual([tombstone]);
      }
    },
  );

  it("does not edit another one's message, nor take back his reaction", async () => {
    const { chatId, member, moderator } = group;
    const { id: messageId } = await member.get('message:send', { chatId, text: 'in my own words' });
    const reacted = await member.get('message:react', { chatId, messageId, emoji: '👍' });

    expectRefusal(await moderator.failure('message:edit', { chatId, messageId, text: 'in mine' }), 'FORBIDDEN');
    expect(await moderator.get('message:unreact', { chatId, messageId, emoji: '👍' })).toEqual(reacted);
  });

  it('is not deleted after by plain members', async () => {
    const { chatId, member, moderator } = group;
    const sent = await moderator.get('message:send', { chatId, text: 'as I said' });
    expectRefusal(await member.failure('message:delete', { chatId, messageId: sent.id }), 'FORBIDDEN');
    expect(await member.get('message:get', { chatId, messageId: sent.id })).toEqual(sent);
  });

  it('is who has the role now, not who had it', async () => {
    const { chatId, owner, member, memberId } = group;
    const { id: messageId } = await owner.get('message:send', { chatId, text: 'do not touch' });
    await owner.get('group:role', { chatId, userId: memberId, role: 'moderator' });
    await owner.get('group:role', { chatId, userId: memberId, role: 'member' });
    expectRefusal(await member.failure('message:delete', { chatId, messageId }), 'FORBIDDEN');
  });

  it('does not take away what the service tells, not even of himself', async () => {
    const { chatId, owner, moderator } = group;
    await owner.get('group:rename', { chatId, name: 'On record' });
    const [told] = (await owner.get('chat:history', { chatId, limit: 1 })).messages;
    const target = { chatId, messageId: told?.id ?? '' };

    for (const keeper of [owner, moderator]) {
      expectRefusal(await keeper.failure('message:delete', target), 'FORBIDDEN');
    }
    expect(await owner.get('message:get', target)).toEqual(told);
  });
});
