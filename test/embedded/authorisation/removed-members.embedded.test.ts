import { describe } from 'vitest';
import { type Outside, refusesOutsiders } from '../../support/authorisation/outsider-suite.js';
import type { TestChat } from '../../support/chat/test-chat.js';
import { groupOfThree } from '../../support/groups/group-of-three.js';

/** A group whose owner stands for the buyer and whose moderator for the seller; the third has taken part in it. */
async function groupWithFormerMember(chat: TestChat, end: 'group:remove' | 'group:leave'): Promise<Outside> {
  const group = await groupOfThree(chat);
  const { chatId, owner, ownerId, moderator, moderatorId, member, memberId } = group;
  await member.get('message:send', { chatId, text: 'while I was in' });
  if (end === 'group:leave') {
    await member.get('group:leave', { chatId });
  } else {
    await owner.get('group:remove', { chatId, userId: memberId });
  }
  await member.event('chat:removed');
  const pair = { buyer: owner, buyerId: ownerId, seller: moderator, sellerId: moderatorId, chatId };
  return { pair, userId: memberId, socket: member };
}

describe('to a member who was removed from a group, on the connection that had joined it', () => {
  refusesOutsiders((chat) => groupWithFormerMember(chat, 'group:remove'));
});

describe('to a member who left a group, on the connection that had joined it', () => {
  refusesOutsiders((chat) => groupWithFormerMember(chat, 'group:leave'));
});
