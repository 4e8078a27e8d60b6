import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestChat } from '../chat/test-chat.js';
import type { TestClient } from '../chat/test-client.js';
import { UNLIMITED } from '../chats/participants.js';
import { groupOfThree } from './group-of-three.js';

/** What becomes of members who leave a group or are removed from it, on any stores. */
export function describeLeavingGroups(start: (env: Record<string, string>) => Promise<TestChat>): void {
  describe('a member who goes', () => {
    let chat: TestChat;

    beforeAll(async () => {
      chat = await start(UNLIMITED);
    });
    afterAll(() => chat.stop());

    /** Everything that a client heard of a chat after it was told to drop it. */
    async function heardAfterwards(client: TestClient, chatId: string): Promise<unknown[]> {
      await client.event('chat:removed', (removal) => removal.chatId === chatId);
      await client.barrier();
      const told = client.log.findIndex(({ event }) => event === 'chat:removed');
      return client.log.slice(told + 1).filter(({ payload }) => JSON.stringify(payload).includes(chatId));
    }

    it('because he was removed is told on every device, hears nothing more, and the others see by whom', async () => {
      const { chatId, owner, moderator, moderatorId, member, memberId } = await groupOfThree(chat);
      const phone = await chat.connect(memberId);

      const answer = await moderator.get('group:remove', { chatId, userId: memberId });
      const sent = await owner.get('message:send', { chatId, text: 'he is gone' });
      await owner.get('message:edit', { chatId, messageId: sent.id, text: 'he is gone, is he?' });
      await moderator.get('message:read', { chatId });
      await owner.get('typing:start', { chatId });
      await owner.get('typing:stop', { chatId });
      await owner.get('message:delete', { chatId, messageId: sent.id });
      await owner.get('group:rename', { chatId, name: 'Without him' });

      for (const device of [member, phone]) {
        expect(await device.event('chat:removed')).toEqual({ chatId, by: moderatorId });
        expect(await heardAfterwards(device, chatId)).toEqual([]);
      }
      const { system, seq } = await owner.event('message:new', (message) => message.seq === answer.lastSeq);
      expect(system).toEqual({ kind: 'member_removed', userId: memberId });
      expect(member.received('message:new').filter((message) => message.seq >= seq)).toEqual([]);
      await moderator.event('typing:stop');
      await moderator.event('message:deleted');
    });

    it('of his own will is told so on his other devices, and may do nothing more in it', async () => {
      const { chatId, owner, member, memberId } = await groupOfThree(chat);
      const phone = await chat.connect(memberId);

      expect(await phone.get('group:leave', { chatId })).toBeNull();

      expect(await member.event('chat:removed')).toEqual({ chatId, by: memberId });
      const { system, senderId } = await owner.event(
        'message:new',
        (message) => message.system?.kind === 'member_left',
      );
      expect({ system, senderId }).toEqual({
        system: { kind: 'member_left', userId: memberId, newOwnerId: null },
        senderId: memberId,
      });
      for (const command of ['message:send', 'chat:join', 'group:leave', 'typing:start']) {
        expect(await member.failure(command, { chatId, text: 'still here' })).toMatchObject({ code: 'CHAT_NOT_FOUND' });
      }
      const [synced] = (await member.get('chat:sync', { chats: [{ chatId, rev: 1 }] })).chats;
      expect(synced).toEqual({ chatId, resync: true, rev: 0, hasMore: false, closedAt: null, messages: [] });
    });

    it('by removing himself has left', async () => {
      const { chatId, owner, member, memberId } = await groupOfThree(chat);
      await member.get('group:remove', { chatId, userId: memberId });
      await owner.event('message:new', (message) => message.system?.kind === 'member_left');
    });

    it('stops typing in the eyes of the others', async () => {
      const { chatId, owner, member, memberId } = await groupOfThree(chat);
      await member.get('typing:start', { chatId });
      await owner.event('typing:start', ({ userId }) => userId === memberId);
      await owner.get('group:remove', { chatId, userId: memberId });
      await owner.event('typing:stop', ({ userId }) => userId === memberId);
    });

    it('as its only owner leaves the group to its moderator', async () => {
      const { chatId, owner, moderator, moderatorId } = await groupOfThree(chat);
      await owner.get('group:leave', { chatId });
      const { system } = await moderator.event('message:new', (message) => message.system?.kind === 'member_left');
      expect(system).toMatchObject({ newOwnerId: moderatorId });
      await moderator.get('group:rename', { chatId, name: 'Mine now' });
    });

    it('as the last one leaves an empty group, and nobody else hears of it', async () => {
      const { chatId, owner, moderator, member, everybody } = await groupOfThree(chat);
      const bystander = await chat.connect('somebody else');
      for (const client of [member, moderator, owner]) {
        await client.get('group:leave', { chatId });
      }
      await Promise.all([bystander, ...everybody].map((client) => client.barrier()));
      expect(bystander.log.map(({ event }) => event)).toEqual(['connection:success']);
      expect(await owner.failure('chat:join', { chatId })).toMatchObject({ code: 'CHAT_NOT_FOUND' });
    });

    it('and comes back hears everything again, and finds what he missed', async () => {
      const { chatId, owner, member, memberId } = await groupOfThree(chat);
      await owner.get('group:remove', { chatId, userId: memberId });
      const missed = await owner.get('message:send', { chatId, text: 'while he was out' });
      await owner.get('group:add', { chatId, userIds: [memberId] });
      await member.event('chat:created', (created) => created.id === chatId && created.lastSeq > missed.seq);

      const { messages } = await member.get('chat:join', { chatId });
      expect(messages.map(({ id }) => id)).toContain(missed.id);
      const sent = await owner.get('message:send', { chatId, text: 'welcome back' });
      expect(await member.event('message:new', ({ id }) => id === sent.id)).toEqual(sent);
      await owner.get('typing:start', { chatId });
      await member.event('typing:start', (sign) => sign.chatId === chatId);
    });
  });
}
