import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Report } from '../../../src/contract/index.js';
import type { TestChat } from '../chat/test-chat.js';
import { connectPair, newUserId, UNLIMITED } from '../chats/participants.js';
import { expectRefusal } from '../chats/refusal.js';
import { groupOfThree } from '../groups/group-of-three.js';

const NOWHERE = '0190b3a0-0000-7000-8000-000000000000';

/** What `message:report` answers, on any stores. */
export function describeReports(start: (env: Record<string, string>) => Promise<TestChat>): void {
  describe('reporting a message', () => {
    let chat: TestChat;

    beforeAll(async () => {
      chat = await start(UNLIMITED);
    });
    afterAll(() => chat.stop());

    async function pairWithMessage() {
      const pair = await connectPair(chat);
      const { id: messageId } = await pair.seller.get('message:send', { chatId: pair.chatId, text: 'pay outside' });
      return { ...pair, target: { chatId: pair.chatId, messageId } };
    }

    it('is answered with the report, and nobody else hears of it', async () => {
      const { buyer, seller, target } = await pairWithMessage();
      await Promise.all([buyer.barrier(), seller.barrier()]);
      const heard = seller.log.length;

      const report = await buyer.get('message:report', { ...target, reason: 'fraud', comment: 'a trap' });

      expect(Report.strict().parse(report)).toEqual({
        ...target,
        reason: 'fraud',
        comment: 'a trap',
        reportedAt: report.reportedAt,
      });
      await seller.barrier();
      expect(seller.log.slice(heard)).toEqual([]);
    });

    it('again, from ten calls at once and with other words, is answered with the first report', async () => {
      const { buyer, buyerId, target } = await pairWithMessage();
      const phone = await chat.connect(buyerId);
      const first = await buyer.get('message:report', { ...target, reason: 'spam' });

      const again = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          (index % 2 === 0 ? buyer : phone).get('message:report', { ...target, reason: 'abuse', comment: `${index}` }),
        ),
      );

      expect(first.comment).toBeNull();
      expect(again).toEqual(again.map(() => first));
    });

    it('is for members, of messages of others that exist', async () => {
      const { buyer, seller, target } = await pairWithMessage();
      const stranger = await chat.connect(newUserId());
      const spam = { ...target, reason: 'spam' };

      expectRefusal(await stranger.failure('message:report', spam), 'CHAT_NOT_FOUND');
      expectRefusal(await buyer.failure('message:report', { ...spam, messageId: NOWHERE }), 'MESSAGE_NOT_FOUND');
      expectRefusal(await seller.failure('message:report', spam), 'FORBIDDEN');
      expectRefusal(await buyer.failure('message:report', { ...spam, reason: 'boredom' }), 'VALIDATION_FAILED');
      const { chatId: elsewhere } = await connectPair(chat);
      expectRefusal(await buyer.failure('message:report', { ...spam, chatId: elsewhere }), 'CHAT_NOT_FOUND');
    });

    it('of a group is for those who are in it, and of messages of its members only', async () => {
      const { chatId, member, memberId, owner, moderator } = await groupOfThree(chat);
      const { id: messageId } = await owner.get('message:send', { chatId, text: 'pay outside' });
      const { messages } = await member.get('chat:history', { chatId });
      const notice = messages.find(({ type, senderId }) => type === 'system' && senderId !== memberId);

      // What the service tells of its members is nobody's words, whoever it is about.
      const told = await member.failure('message:report', { chatId, messageId: notice?.id, reason: 'abuse' });
      expectRefusal(told, 'FORBIDDEN');
      expect(await moderator.get('message:report', { chatId, messageId, reason: 'fraud' })).toMatchObject({
        messageId,
      });
      await owner.get('group:remove', { chatId, userId: memberId });
      expectRefusal(await member.failure('message:report', { chatId, messageId, reason: 'fraud' }), 'CHAT_NOT_FOUND');
    });
  });
}
