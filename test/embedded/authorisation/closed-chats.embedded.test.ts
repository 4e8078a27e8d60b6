import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandName } from '../../../src/contract/index.js';
import { AdminClient, WITH_ADMIN } from '../../support/admin/admin-client.js';
import { changesThatGoOn, closedTable } from '../../support/authorisation/closed-table.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { createGroup, joinedPair, newUserId, UNLIMITED } from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';
import { goodPayloads } from '../../support/socket/good-payloads.js';

const commandNames = Object.keys(closedTable) as CommandName[];

describe('in a chat that the marketplace has closed', () => {
  let chat: TestChat;
  let admin: AdminClient;

  beforeAll(async () => {
    chat = await TestChat.start({ env: { ...UNLIMITED, ...WITH_ADMIN } });
    admin = AdminClient.of(chat);
  });
  afterAll(() => chat.stop());

  /** A chat and a group of one owner, both with something in them, both closed. */
  async function closedChats() {
    const { buyer, buyerId, seller, sellerId, chatId } = await joinedPair(chat);
    const [memberId, otherMemberId] = [newUserId(), newUserId()];
    const groupId = await createGroup(buyer, [memberId, otherMemberId], 'Pick-up');
    const { id: messageId } = await buyer.get('message:send', { chatId, text: 'mine' });
    const { id: theirMessageId } = await seller.get('message:send', { chatId, text: 'theirs' });
    await buyer.get('message:react', { chatId, messageId, emoji: '🎉' });
    const payloads = goodPayloads({
      chatId,
      messageId,
      theirMessageId,
      buyerId,
      sellerId,
      groupId,
      memberId,
      otherMemberId,
      token: chat.marketplace.token({ userId: buyerId }),
    });
    for (const id of [chatId, groupId]) {
      await admin.get('POST /admin/chats/:chatId/close', { chatId: id });
      await buyer.event('chat:closed', (closed) => closed.id === id);
    }
    const look = () =>
      Promise.all(
        [chatId, groupId].map(async (id) => {
          const { members, ...state } = await admin.get('GET /admin/chats/:chatId', { chatId: id });
          return { ...state, members: members.map(({ online: _, ...member }) => member) };
        }),
      );
    return { buyer, look, payloads: { ...payloads, 'message:unreact': { chatId, messageId, emoji: '🎉' } } };
  }

  it.each(commandNames)('%s is answered as its line says, and changes nothing that it may not', async (name) => {
    const { buyer, look, payloads } = await closedChats();
    const before = await look();

    const answer = await buyer.askRaw(name, payloads[name]);

    if (closedTable[name] === 'goes on') {
      expect(answer).toMatchObject({ success: true });
    } else if (answer.success) {
      expect.unreachable(`${name} succeeded`);
    } else {
      expectRefusal(answer.error, 'CHAT_CLOSED');
    }
    if (!changesThatGoOn.has(name)) {
      expect(await look()).toEqual(before);
    }
  });
});
