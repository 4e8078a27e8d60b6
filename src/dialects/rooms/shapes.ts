import type { Chat, ChatError, JoinedChat, Member, Message, MessageType } from '../../contract/index.js';
import type { Spoken } from '../dialect.js';

const MESSAGE_TYPES = { text: 'TEXT', image: 'IMAGE', file: 'FILE', system: 'SYSTEM' } as const satisfies Record<
  MessageType,
  string
>;

/** How far a message came. One status for a whole room: the slowest of the other participants decides. */
export type MessageStatus = 'SENT' | 'DELIVERED' | 'READ';

/** `participantIds` is there for a direct room alone; a group's participants come with `joinedChatRoom`. */
export function toChatRoom({ id, type, name, buyerId, sellerId, createdAt }: Chat) {
  return type === 'group'
    ? { id, type: 'GROUP', name, createdAt }
    : { id, type: 'DIRECT', name, participantIds: [buyerId, sellerId], createdAt };
}

export function toRoomMessage(message: Message) {
  return {
    id: message.id,
    chatRoomId: message.chatId,
    seq: message.seq,
    senderId: message.senderId,
    type: MESSAGE_TYPES[message.type],
    content: message.text,
    attachments: message.attachments,
    replyToId: message.replyTo,
    createdAt: message.createdAt,
    editedAt: message.editedAt,
    deletedAt: message.deletedAt,
  };
}

export function toJoinedRoom({ chat, members, messages, typing }: JoinedChat) {
  return {
    chatRoomId: chat.id,
    chatRoom: toChatRoom(chat),
    participants: members.map(toParticipant),
    messages: messages.map((message) => ({ ...toRoomMessage(message), status: statusOf(message, members) })),
    typingUserIds: typing,
  };
}

function toParticipant({ userId, role, online, lastReadSeq, lastDeliveredSeq }: Member) {
  return { userId, role: role.toUpperCase(), isOnline: online, lastReadSeq, lastDeliveredSeq };
}

function statusOf({ seq, senderId }: Message, members: readonly Member[]): MessageStatus {
  const others = members.filter(({ userId }) => userId !== senderId);
  if (others.length === 0) {
    return 'SENT';
  }
  if (others.every(({ lastReadSeq }) => lastReadSeq >= seq)) {
    return 'READ';
  }
  return others.every(({ lastDeliveredSeq }) => lastDeliveredSeq >= seq) ? 'DELIVERED' : 'SENT';
}

/** @param event the client's words that failed; left out where it said none */
export function errorWords({ code, message }: Pick<ChatError, 'code' | 'message'>, event?: string): readonly Spoken[] {
  return [{ event: 'error', args: [event === undefined ? { code, message } : { code, message, event }] }];
}
