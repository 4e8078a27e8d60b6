import { isDeepStrictEqual } from 'node:util';
import {
  type Attachment,
  ChatError,
  type MessageType,
  type SystemNotice,
  toWireId,
  type Message as WireMessage,
} from '../contract/index.js';

/** The sender of a message that the service itself posts. No user has this id: a user's is never empty. */
export const SERVICE = '';

/** Everybody who put an emoji on a message, the first one first; never nobody. */
export interface StoredReaction {
  emoji: string;
  userIds: readonly string[];
}

/** A message on its way to the database. Its id is given here, so that a retried write is recognised as the same. */
export interface MessageDraft {
  id: string;
  chatId: string;
  senderId: string;
  type: MessageType;
  text: string;
  /** There where `type` is `system`; kept as it travels. */
  system?: SystemNotice | null;
  /** `null` for none: most messages have none, and a row pays for what is there only. */
  attachments: readonly Attachment[] | null;
  /** The message of the same chat that this one answers. */
  replyTo: string | null;
  productId: string | null;
  clientMessageId: string;
}

/** A message as the service knows it: ids as text, times as dates. */
export interface StoredMessage extends MessageDraft {
  seq: number;
  rev: number;
  /** `null` for none. */
  reactions: readonly StoredReaction[] | null;
  createdAt: Date;
  editedAt: Date | null;
  deletedAt: Date | null;
}

export function toWireMessage(message: StoredMessage): WireMessage {
  const wire: WireMessage = {
    id: message.id,
    chatId: message.chatId,
    seq: message.seq,
    rev: message.rev,
    senderId: message.senderId === SERVICE ? null : toWireId(message.senderId),
    type: message.type,
    text: message.text,
    attachments: message.attachments === null ? [] : [...message.attachments],
    replyTo: message.replyTo,
    reactions: message.reactions === null ? [] : toWireReactions(message.reactions),
    productId: message.productId === null ? null : toWireId(message.productId),
    clientMessageId: message.clientMessageId,
    createdAt: message.createdAt.toISOString(),
    editedAt: message.editedAt?.toISOString() ?? null,
    deletedAt: message.deletedAt?.toISOString() ?? null,
  };
  if (message.system) {
    wire.system = message.system;
  }
  return wire;
}

function toWireReactions(reactions: readonly StoredReaction[]): WireMessage['reactions'] {
  return reactions.map(({ emoji, userIds }) => ({ emoji, userIds: userIds.map(toWireId) }));
}

/**
 * Whether a repeated send says the same as the message it repeats. An edited or deleted message no longer shows what
 * was sent, so every repeat of it counts as the same.
 */
export function repeats(draft: MessageDraft, message: StoredMessage): boolean {
  if (message.editedAt !== null || message.deletedAt !== null) {
    return true;
  }
  return (
    draft.text === message.text &&
    draft.productId === message.productId &&
    draft.type === message.type &&
    draft.replyTo === message.replyTo &&
    // By structure: the database keeps the fields of an object in another order.
    isDeepStrictEqual(draft.system ?? null, message.system ?? null) &&
    sameFiles(draft.attachments ?? [], message.attachments ?? [])
  );
}

/** By field: the database keeps the fields of an object in another order. */
function sameFiles(some: readonly Attachment[], others: readonly Attachment[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ url, name, size, mimeType }, index) => {
      const other = others[index];
      return other?.url === url && other.name === name && other.size === size && other.mimeType === mimeType;
    })
  );
}

/** The answer to a message id that is none of the chat's. */
export function messageNotFound(operation: string): ChatError {
  return new ChatError('MESSAGE_NOT_FOUND', operation, 'the chat has no message with this id');
}
