import { type StoredChat, toWireChat } from '../chats/chat.js';
import { type Marks, toWireId, type InboxChat as WireInboxChat } from '../contract/index.js';
import { type MemberSettings, type OtherMember, toWireMember, toWireSettings } from '../members/member.js';
import { type StoredMessage, toWireMessage } from '../messages/message.js';
import type { InboxPosition } from './inbox-cursor.js';

/** A chat as one of its members finds it in the inbox. */
export interface InboxRow {
  chat: StoredChat;
  /** `null` unless the chat has exactly one other member by its nature. */
  peer: OtherMember | null;
  lastMessage: StoredMessage | null;
  activityAt: Date;
  position: InboxPosition;
  marks: Pick<Marks, 'lastReadSeq' | 'lastDeliveredSeq'>;
  settings: MemberSettings;
}

export function toWireInboxChat(userId: string, row: InboxRow, online: ReadonlySet<string>): WireInboxChat {
  const { chat, peer, lastMessage, activityAt, marks, settings } = row;
  return {
    chat: toWireChat(chat),
    peer: peer === null ? null : toWireMember(peer, online),
    lastMessage: lastMessage === null ? null : toWireMessage(lastMessage),
    activityAt: activityAt.toISOString(),
    unreadCount: Math.max(0, chat.lastSeq - marks.lastReadSeq),
    marks: { chatId: chat.id, userId: toWireId(userId), ...marks },
    settings: toWireSettings(chat.id, settings),
  };
}
