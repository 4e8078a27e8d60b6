import { describe, expect, it } from 'vitest';
import { ChatError, type EventName, events, type Message } from '../../../src/contract/index.js';
import type { Spoken } from '../../../src/dialects/dialect.js';
import { rooms } from '../../../src/dialects/rooms/rooms.js';
import {
  CHAT_ID,
  directChat,
  everyEvent,
  group,
  joinedChat,
  MESSAGE_ID,
  message,
} from '../../support/dialects/every-event.js';
import { answerTo, callAfter, callOf, heeded, one, said, silence, speaker } from '../../support/dialects/map-probe.js';

const AT = message.createdAt;
const roomMessage = {
  id: MESSAGE_ID,
  chatRoomId: CHAT_ID,
  seq: 7,
  senderId: 123,
  type: 'TEXT',
  content: 'Is it still there?',
  attachments: [],
  replyToId: null,
  createdAt: AT,
  editedAt: null,
  deletedAt: null,
};
const groupRoom = { id: CHAT_ID, type: 'GROUP', name: 'Delivery', createdAt: AT };
const directRoom = { id: CHAT_ID, type: 'DIRECT', name: null, participantIds: [123, 'seller-1'], createdAt: AT };

/** How each event is heard; `silent` where its clients are not told. */
const heard: { readonly [E in EventName]: readonly Spoken[] | 'silent' } = {
  'connection:success': one('connected', { userId: 123, socketId: 'socket-1', serverTime: AT }),
  'message:new': one('newMessage', { ...roomMessage, status: 'SENT' }),
  'message:notification': one('messageNotification', {
    chatRoomId: CHAT_ID,
    message: roomMessage,
    unreadCount: 3,
    isMuted: false,
  }),
  'message:updated': one('messageUpdated', { ...roomMessage, content: 'Is it sold?', editedAt: AT }),
  'message:deleted': one('messageDeleted', { chatRoomId: CHAT_ID, messageId: MESSAGE_ID, deletedAt: AT }),
  'message:reaction': 'silent',
  'message:read': one('messageStatus', { chatRoomId: CHAT_ID, userId: 'seller-1', seq: 7, status: 'READ' }),
  'message:delivered': one('messageStatus', { chatRoomId: CHAT_ID, userId: 'seller-1', seq: 6, status: 'DELIVERED' }),
  'typing:start': one('userTyping', { chatRoomId: CHAT_ID, userId: 123, isTyping: true }),
  'typing:stop': one('userTyping', { chatRoomId: CHAT_ID, userId: 123, isTyping: false }),
  'user:online': one('userOnline', { userId: 123 }),
  'user:offline': one('userOffline', { userId: 123, lastSeenAt: AT }),
  'users:online': 'silent',
  'chat:created': one('chatRoomCreated', directRoom),
  'chat:updated': one('chatRoomUpdated', groupRoom),
  'chat:settings': 'silent',
  'chat:removed': one('removedFromChatRoom', { chatRoomId: CHAT_ID, by: 'owner-1' }),
  'chat:closed': one('chatRoomClosed', { chatRoomId: CHAT_ID }),
  'chat:reopened': one('chatRoomReopened', { chatRoomId: CHAT_ID }),
  'status:updated': 'silent',
  'user:blocked': 'silent',
  'user:unblocked': 'silent',
  'auth:error': one('error', { code: 'TOKEN_INVALID', message: 'unable to connect; the token is refused' }),
  'auth:token-expired': one('error', { code: 'TOKEN_EXPIRED', message: 'Token expired' }),
  error: one('error', everyEvent.error),
  'sync:required': one('syncRequired', { spreadMs: 2_000 }),
  'server:draining': one('serverDraining', { reconnectInMs: 500 }),
};

const eventNames = Object.keys(events) as EventName[];

describe('what clients of rooms hear', () => {
  it.each(eventNames)('%s is said, or its silence has a reason', (name) => {
    const words = said(rooms, name, everyEvent[name]);
    if (heard[name] === 'silent') {
      expect(words).toEqual([]);
      expect(silence(rooms, name)).toMatch(/\w+ \w+/);
    } else {
      expect(words).toEqual(heard[name]);
    }
  });

  it('members who were added are told of beside the message that says so', () => {
    const added: Message = { ...message, type: 'system', system: { kind: 'members_added', userIds: [1, 'u-2'] } };
    expect(said(rooms, 'message:new', added)).toEqual([
      { event: 'newMessage', args: [{ ...roomMessage, type: 'SYSTEM', status: 'SENT' }] },
      { event: 'participantsAdded', args: [{ chatRoomId: CHAT_ID, participantIds: [1, 'u-2'], by: 123 }] },
    ]);
  });

  it.each([
    { kind: 'member_removed', userId: 'u-2' } as const,
    { kind: 'member_left', userId: 'u-2', newOwnerId: null } as const,
  ])('a $kind is told of beside the message that says so', (system) => {
    expect(said(rooms, 'message:new', { ...message, type: 'system', system })[1]).toEqual({
      event: 'participantRemoved',
      args: [{ chatRoomId: CHAT_ID, participantId: 'u-2', by: 123 }],
    });
  });

  it('the refusal of an expired token is told once, though the service says it twice', () => {
    const expired = { error: 'Token expired', code: 'TOKEN_EXPIRED' } as const;
    expect([...said(rooms, 'auth:token-expired', expired), ...said(rooms, 'auth:error', expired)]).toHaveLength(1);
  });
});

describe('what clients of rooms say', () => {
  it('createChatRoom with GROUP opens a group of the others, and joins it', () => {
    const sent = { name: 'My Chat Room', type: 'GROUP', participantIds: ['user1', 'user2'] };
    const create = callOf(rooms.read('createChatRoom', [sent], speaker()), 'chat:create');
    expect(heeded(create)).toEqual({ type: 'group', name: 'My Chat Room', userIds: ['user1', 'user2'] });
    expect(answerTo(create, group)).toEqual([]);
    const join = callAfter(create, group, 'chat:join');
    expect(heeded(join)).toMatchObject({ chatId: CHAT_ID });
    expect(answerTo(join, joinedChat)).toMatchObject([{ event: 'joinedChatRoom' }]);
  });

  it.each([[['user1', '123']], [['user1', 123]]])(
    'createChatRoom takes the creator among its participants: %j',
    (participantIds) => {
      const sent = { name: 'Delivery', type: 'GROUP', participantIds };
      const create = callOf(rooms.read('createChatRoom', [sent], speaker()), 'chat:create');
      expect(heeded(create)).toMatchObject({ userIds: ['user1'] });
    },
  );

  it('createChatRoom with DIRECT opens the chat of the two, and joins it', () => {
    const sent = { type: 'DIRECT', participantIds: ['seller-1', 123] };
    const create = callOf(rooms.read('createChatRoom', [sent], speaker()), 'chat:create');
    expect(heeded(create)).toEqual({ buyerId: '123', sellerId: 'seller-1' });
    expect(callAfter(create, directChat, 'chat:join').payload).toEqual({ chatId: CHAT_ID });
  });

  it.each([
    [9, 123],
    ['9', 123],
    [1_000, 123],
    ['buyer-1', 123],
  ])('createChatRoom with DIRECT opens one chat, whether %j does it or %j', (one, other) => {
    const pairOf = (userId: number | string, participant: number | string) => {
      const sent = { type: 'DIRECT', participantIds: [participant] };
      return heeded(callOf(rooms.read('createChatRoom', [sent], { ...speaker(), userId }), 'chat:create'));
    };
    expect(pairOf(one, other)).toEqual(pairOf(other, one));
  });

  it.each([[[]], [['a', 'b']], ['a'], [undefined]])(
    'createChatRoom with DIRECT needs one other participant: %j',
    (participantIds) => {
      const meaning = rooms.read('createChatRoom', [{ type: 'DIRECT', participantIds }], speaker());
      expect(meaning).toMatchObject({
        kind: 'say',
        words: one('error', {
          code: 'VALIDATION_FAILED',
          message: 'unable to create chat; participantIds: a direct room is of you and one other participant',
          event: 'createChatRoom',
        }),
        error: { code: 'VALIDATION_FAILED' },
      });
    },
  );

  it('createChatRoom of an unknown type is left to the command, which refuses it', () => {
    const sent = { name: 'Delivery', type: 'CHANNEL', participantIds: ['user1'] };
    const create = callOf(rooms.read('createChatRoom', [sent], speaker()), 'chat:create');
    expect(() => heeded(create)).toThrow(/type/);
  });

  it('joinChatRoom answers with the room, its participants and how far each message came', () => {
    const join = callOf(rooms.read('joinChatRoom', [{ chatRoomId: CHAT_ID }], speaker()), 'chat:join');
    expect(heeded(join)).toMatchObject({ chatId: CHAT_ID });
    const messages = [5, 6, 7].map((seq) => ({ ...message, seq }));
    expect(answerTo(join, { ...joinedChat, messages })).toEqual(
      one('joinedChatRoom', {
        chatRoomId: CHAT_ID,
        chatRoom: groupRoom,
        participants: [
          { userId: 123, role: 'OWNER', isOnline: true, lastReadSeq: 7, lastDeliveredSeq: 7 },
          { userId: 'user2', role: 'MEMBER', isOnline: false, lastReadSeq: 5, lastDeliveredSeq: 6 },
          { userId: 'user3', role: 'MEMBER', isOnline: true, lastReadSeq: 6, lastDeliveredSeq: 6 },
        ],
        messages: [
          { ...roomMessage, seq: 5, status: 'READ' },
          { ...roomMessage, seq: 6, status: 'DELIVERED' },
          { ...roomMessage, seq: 7, status: 'SENT' },
        ],
        typingUserIds: ['user3'],
      }),
    );
  });

  it('a message in a room without anybody else is sent, and no more', () => {
    const join = callOf(rooms.read('joinChatRoom', [{ chatRoomId: CHAT_ID }], speaker()), 'chat:join');
    const alone = { ...joinedChat, members: joinedChat.members.slice(0, 1) };
    expect(answerTo(join, alone)).toMatchObject([{ args: [{ messages: [{ status: 'SENT' }] }] }]);
  });

  it('leaveChatRoom is confirmed', () => {
    const leave = callOf(rooms.read('leaveChatRoom', [{ chatRoomId: CHAT_ID }], speaker()), 'chat:leave');
    expect(heeded(leave)).toEqual({ chatId: CHAT_ID });
    expect(answerTo(leave, null)).toEqual(one('leftChatRoom', { chatRoomId: CHAT_ID }));
  });

  it('sendMessage is answered with the status SENT and the id of the message', () => {
    const sent = { chatRoomId: CHAT_ID, content: 'Hello everyone!' };
    const send = callOf(rooms.read('sendMessage', [sent], speaker()), 'message:send');
    expect(heeded(send)).toEqual({ chatId: CHAT_ID, text: 'Hello everyone!' });
    expect(answerTo(send, message)).toEqual(
      one('messageStatus', { chatRoomId: CHAT_ID, userId: 123, seq: 7, status: 'SENT', messageId: MESSAGE_ID }),
    );
  });

  it('typing starts and stops', () => {
    const start = rooms.read('typing', [{ chatRoomId: CHAT_ID, isTyping: true }], speaker());
    const stop = rooms.read('typing', [{ chatRoomId: CHAT_ID, isTyping: false }], speaker());
    expect(heeded(callOf(start, 'typing:start'))).toEqual({ chatId: CHAT_ID });
    expect(heeded(callOf(stop, 'typing:stop'))).toEqual({ chatId: CHAT_ID });
  });

  it('updateChatRoom renames', () => {
    const sent = { chatRoomId: CHAT_ID, name: 'Pickup' };
    const rename = callOf(rooms.read('updateChatRoom', [sent], speaker()), 'group:rename');
    expect(heeded(rename)).toEqual({ chatId: CHAT_ID, name: 'Pickup' });
  });

  it('addParticipants and removeParticipant change who is in', () => {
    const add = rooms.read('addParticipants', [{ chatRoomId: CHAT_ID, participantIds: [7, 'u-2'] }], speaker());
    const remove = rooms.read('removeParticipant', [{ chatRoomId: CHAT_ID, participantId: 7 }], speaker());
    expect(heeded(callOf(add, 'group:add'))).toEqual({ chatId: CHAT_ID, userIds: ['7', 'u-2'] });
    expect(heeded(callOf(remove, 'group:remove'))).toEqual({ chatId: CHAT_ID, userId: '7' });
  });

  it('markAsRead and markAsDelivered reach up to a message, or to the last', () => {
    const read = rooms.read('markAsRead', [{ chatRoomId: CHAT_ID, messageId: MESSAGE_ID }], speaker());
    const delivered = rooms.read('markAsDelivered', [{ chatRoomId: CHAT_ID }], speaker());
    expect(heeded(callOf(read, 'message:read'))).toEqual({ chatId: CHAT_ID, messageId: MESSAGE_ID });
    expect(heeded(callOf(delivered, 'message:delivered'))).toEqual({ chatId: CHAT_ID });
  });

  it.each([
    'createChatRoom',
    'joinChatRoom',
    'leaveChatRoom',
    'sendMessage',
    'typing',
    'updateChatRoom',
    'addParticipants',
    'removeParticipant',
    'markAsRead',
    'markAsDelivered',
  ])('a failure of %s names it', (event) => {
    const meaning = rooms.read(event, [{ chatRoomId: CHAT_ID, participantIds: [] }], speaker());
    const error = ChatError.chatNotFound('do it');
    expect(meaning.kind === 'call' && meaning.call.failed(error)).toEqual(
      one('error', { code: 'CHAT_NOT_FOUND', message: 'unable to do it; no chat of yours has this id', event }),
    );
  });

  it.each(['message:send', 'constructor', '__proto__', ''])('%j is no word of it', (event) => {
    expect(rooms.read(event, [{}], speaker())).toMatchObject({
      kind: 'say',
      words: one('error', {
        code: 'UNKNOWN_EVENT',
        message: 'unable to run command; this dialect has no event of this name',
        event,
      }),
    });
  });

  it.each([[[]], [[null]], [['text']], [[42]], [[[]]]])('arguments %j leave the judgement to the command', (args) => {
    const send = callOf(rooms.read('sendMessage', args, speaker()), 'message:send');
    expect(() => heeded(send)).toThrow(/chatId/);
  });
});
