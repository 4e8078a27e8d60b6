import type { Chat, InboxChat, JoinedChat, Member, Message, Profile, WireId } from '../../contract/index.js';
import type { Facts } from '../dialect.js';
import { messageNumber } from '../message-number.js';

/** A user as this dialect names one in passing. The type is the role in the marketplace, where that has told of one. */
export function toUser(userId: WireId, facts: Facts): { userId: WireId; userType: string | null } {
  return { userId, userType: facts.profile(userId)?.role ?? null };
}

/** Known by the name that the dialect's own rooms had; nobody can do anything with it. */
export const roomOf = (conversationId: unknown): string => `conversation:${String(conversationId)}`;

function toPerson(userId: WireId | null, profile: Profile | null) {
  return {
    id: userId,
    username: profile?.username ?? null,
    firstName: profile?.firstName ?? null,
    lastName: profile?.lastName ?? null,
    profileImage: profile?.avatarUrl ?? null,
  };
}

/** A message without the mark of being read, for where it is not known, as with what changed: a client keeps the one it has. */
export function toChangedMessage(message: Message, facts: Facts) {
  const { chatId, seq, senderId, type, text, attachments, productId, createdAt, editedAt, deletedAt } = message;
  const conversationId = facts.chatNumber(chatId);
  const profile = senderId === null ? null : facts.profile(senderId);
  const [attachment] = attachments;
  return {
    id: messageNumber(conversationId, seq),
    conversationId,
    // An object also where the marketplace itself speaks: clients read its fields without looking.
    sender: toPerson(senderId, profile),
    senderType: profile?.role ?? null,
    messageType: type,
    content: text,
    createdAt,
    attachmentUrl: attachment?.url ?? null,
    attachmentName: attachment?.name ?? null,
    // Ours: what clients of other dialects can do to a message.
    attachments: attachments.map(({ url, name }) => ({ url, name })),
    productId,
    editedAt,
    deletedAt,
  };
}

export function toMessage(message: Message, facts: Facts, isRead = false) {
  return { ...toChangedMessage(message, facts), isRead };
}

type Reader = Pick<Member, 'userId' | 'lastReadSeq'>;

/** Whether everybody but its sender has read a message. */
export function isRead({ seq, senderId }: Message, members: readonly Reader[]): boolean {
  const others = members.filter(({ userId }) => userId !== senderId);
  return others.length > 0 && others.every(({ lastReadSeq }) => lastReadSeq >= seq);
}

/** A conversation as far as a chat by itself tells. */
export function toConversation({ id, type, name, productId, createdAt }: Chat, facts: Facts) {
  return { id: facts.chatNumber(id), type, name, productId, createdAt };
}

function toParticipant({ userId, profile, online }: Member) {
  return { ...toPerson(userId, profile), userType: profile?.role ?? null, isOnline: online };
}

interface ConversationState {
  chat: Chat;
  /** The other one of two; `null` in a group. */
  peer: Member | null;
  lastMessage: Message | null;
  /** `null` where it is not known. */
  lastIsRead: boolean | null;
  unreadCount: number;
  /** ISO 8601. */
  updatedAt: string;
}

/** A conversation as a list of them shows it. */
export function toListedConversation(state: ConversationState, facts: Facts) {
  const { chat, peer, lastMessage, lastIsRead, unreadCount, updatedAt } = state;
  return {
    ...toConversation(chat, facts),
    participant: peer === null ? null : toParticipant(peer),
    lastMessage: lastMessage === null ? null : toLastMessage(lastMessage, lastIsRead, facts),
    unreadCount,
    updatedAt,
  };
}

function toLastMessage(message: Message, lastIsRead: boolean | null, facts: Facts) {
  return lastIsRead === null ? toChangedMessage(message, facts) : toMessage(message, facts, lastIsRead);
}

/** What {@link toListedConversation} takes, from a chat that was read by itself. */
export function stateOf({ chat, members, messages }: JoinedChat, userId: WireId): ConversationState {
  const own = members.find((member) => member.userId === userId);
  const lastMessage = messages.at(-1) ?? null;
  return {
    chat,
    peer: chat.type === 'direct' ? (members.find((member) => member.userId !== userId) ?? null) : null,
    lastMessage,
    lastIsRead: lastMessage !== null && isRead(lastMessage, members),
    unreadCount: chat.lastSeq - (own?.lastReadSeq ?? 0),
    updatedAt: lastMessage?.createdAt ?? chat.createdAt,
  };
}

/** What {@link toListedConversation} takes, from an entry of the list. Of a group it does not tell what others have read. */
export function listedStateOf(entry: InboxChat): ConversationState {
  const { chat, peer, lastMessage, unreadCount, activityAt, marks } = entry;
  const lastIsRead = lastMessage === null || peer === null ? null : isRead(lastMessage, [peer, marks]);
  return { chat, peer, lastMessage, lastIsRead, unreadCount, updatedAt: activityAt };
}
