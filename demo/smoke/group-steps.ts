import { randomUUID } from 'node:crypto';
import type { Message } from '../../src/contract/index.js';
import { ANNA, expect, SAM, type Step, TOMAS } from './stage.js';

function tells(kind: string): (message: Message) => boolean {
  return ({ type, system }) => type === 'system' && system?.kind === kind;
}

export const groupSteps: readonly Step[] = [
  {
    name: 'Sam opens a group with Anna, twice with one clientChatId: it is one group, and both hear of it',
    async run(stage) {
      const { anna, sam } = stage;
      const payload = { type: 'group' as const, name: 'Delivery', userIds: [ANNA], clientChatId: randomUUID() };
      const first = await sam.send('chat:create', payload);
      const { id: groupId } = await sam.hears('chat:created', ({ type }) => type === 'group');
      stage.groupId = groupId;
      const again = await sam.send('chat:create', payload);
      expect(first.id === groupId && again.id === groupId, 'the second call made a second group');
      expect(first.name === 'Delivery' && first.buyerId === null, 'the group is not what was asked for');
      await sam.hears('chat:created', ({ id }) => id === groupId);
      await anna.hears('chat:created', ({ id }) => id === groupId);
      const { message } = await anna.hears('message:notification', ({ chatId }) => chatId === groupId);
      expect(tells('group_created')(message), 'the first message does not tell who opened the group');
      for (const member of [anna, sam]) {
        await member.send('chat:join', { chatId: groupId });
      }
    },
  },
  {
    name: 'Anna, a plain member, may not add Tomas; as a moderator she may, and he sees what was said before',
    async run({ anna, sam, tomas, groupId }) {
      const add = { chatId: groupId, userIds: [TOMAS] };
      await anna.sendInVain('group:add', add, 'FORBIDDEN');
      await sam.send('group:role', { chatId: groupId, userId: ANNA, role: 'moderator' });
      await anna.hears('message:new', tells('role_changed'));
      await anna.send('group:add', add);
      await sam.hears('message:new', tells('members_added'));
      await tomas.hears('chat:created', ({ id }) => id === groupId);
      const { unreadCount } = await tomas.hears('message:notification', ({ chatId }) => chatId === groupId);
      expect(unreadCount === 1, `${unreadCount} are unread for the newcomer, where one is`);
      const { messages, members } = await tomas.send('chat:join', { chatId: groupId });
      expect(messages.length === 3 && members.length === 3, 'the newcomer does not see all of the group');
    },
  },
  {
    name: 'Sam renames the group; its members see the new name',
    async run({ anna, sam, tomas, groupId }) {
      await sam.send('group:rename', { chatId: groupId, name: 'Delivery on Monday' });
      for (const member of [anna, sam, tomas]) {
        await member.hears('chat:updated', ({ id, name }) => id === groupId && name === 'Delivery on Monday');
      }
    },
  },
  {
    name: 'Anna removes Tomas: he is told, hears nothing more, and gets the answers of a stranger',
    async run({ anna, sam, tomas, groupId }) {
      await anna.send('group:remove', { chatId: groupId, userId: TOMAS });
      await tomas.hears('chat:removed', ({ chatId, by }) => chatId === groupId && by === ANNA);
      const sent = await sam.send('message:send', { chatId: groupId, text: 'Just the two of us now.' });
      await anna.hears('message:new', ({ id }) => id === sent.id);
      await tomas.sendInVain('message:send', { chatId: groupId, text: 'Hello?' }, 'CHAT_NOT_FOUND');
      await tomas.sendInVain('chat:join', { chatId: groupId }, 'CHAT_NOT_FOUND');
    },
  },
  {
    name: 'Sam leaves, and Anna owns the group',
    async run({ anna, sam, groupId }) {
      await sam.send('group:leave', { chatId: groupId });
      await sam.hears('chat:removed', ({ chatId, by }) => chatId === groupId && by === SAM);
      const { system } = await anna.hears('message:new', tells('member_left'));
      expect(system?.kind === 'member_left' && system.newOwnerId === ANNA, 'the group was left without an owner');
      const { members } = await anna.send('chat:join', { chatId: groupId });
      expect(members.length === 1 && members[0]?.role === 'owner', 'Anna is not the owner');
    },
  },
];
