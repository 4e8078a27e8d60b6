import { toWireId, type Message as WireMessage } from '../contract/index.js';

/** A message as the service knows it: ids as text, times as dates. */
export interface StoredMessage {
  id: string;
  chatId: string;
  seq: number;
  rev: number;
  senderId: string;
  type: 'text';
  text: string;
  productId: string | null;
  clientMessageId: string;
  createdAt: Date;
  editedAt: Date | null;
  deletedAt: Date | null;
}

/** A message on its way to the database. Its id is given here, so that a retried write is recognised as the same. */
export interface MessageDraft {
  id: string;
  chatId: string;
  senderId: string;
  type: 'text';
  text: string;
  productId: string | null;
  clientMessageId: string;
}

export function toWireMessage(message: StoredMessage): WireMessage {
  return {
    id: message.id,
    chatId: message.chatId,
    seq: message.seq,
    rev: message.rev,
    senderId: toWireId(message.senderId),
    type: message.type,
    text: message.text,
    productId: message.productId === null ? null : toWireId(message.productId),
    clientMessageId: message.clientMessageId,
    createdAt: message.createdAt.toISOString(),
    editedAt: message.editedAt?.toISOString() ?? null,
    deletedAt: message.deletedAt?.toISOString() ?? null,
  };
}

/**
 * Whether a repeated send says the same as the message it repeats. An edited or deleted message no longer shows what
 * was sent, so every repeat of it counts as the same.
 */
export function repeats(draft: MessageDraft, message: StoredMessage): boolean {
  if (message.editedAt !== null || message.deletedAt !== null) {
    return true;
  }
  return draft.text === message.text && draft.productId === message.productId && draft.type === message.type;
}
