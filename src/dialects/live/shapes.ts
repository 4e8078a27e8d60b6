import type { Chat, ChatError, JoinedChat, Member, Message } from '../../contract/index.js';
import type { Spoken } from '../dialect.js';

export function toLiveRoom({ id, type, name, createdAt }: Chat) {
  return { roomId: id, name, type, createdAt };
}

export function toLiveMessage(message: Message) {
  return {
    id: message.id,
    roomId: message.chatId,
    seq: message.seq,
    senderId: message.senderId,
    type: message.type,
    content: message.text,
    attachments: message.attachments,
    replyTo: message.replyTo,
    timestamp: message.createdAt,
    editedAt: message.editedAt,
    deletedAt: message.deletedAt,
  };
}

export function toJoinedRoom({ chat, members, messages, typing }: JoinedChat) {
  return {
    ...toLiveRoom(chat),
    participants: members.map(toParticipant),
    messages: messages.map(toLiveMessage),
    typing,
  };
}

function toParticipant({ userId, role, online }: Member) {
  return { userId, role, isOnline: online };
}

/** What a `system:notification` is about. Kinds are only ever added. */
export type NotificationType =
  | 'authenticated'
  | 'logged_out'
  | 'new_message'
  | 'message_edited'
  | 'message_deleted'
  | 'room_updated'
  | 'room_closed'
  | 'room_reopened'
  | 'status_updated'
  | 'sync_required'
  | 'server_draining';

/** @param message a sentence to be shown as it is */
export function notification(type: NotificationType, message: string, data: object = {}): readonly Spoken[] {
  return [{ event: 'system:notification', args: [{ type, message, data }] }];
}

export function systemError({ code, message }: Pick<ChatError, 'code' | 'message'>): readonly Spoken[] {
  return [{ event: 'system:error', args: [{ message, code }] }];
}
