import { ChatError } from '../contract/index.js';
import type { StoredMessage, StoredReaction } from './message.js';
import { demandText } from './message-body.js';

/** What is to become of a message; `null` leaves it as it is. */
export type MessageChange =
  | { kind: 'edit'; text: string }
  | { kind: 'delete' }
  | { kind: 'react'; reactions: readonly StoredReaction[] | null }
  | null;

/** Roles that keep order in a chat. */
const MODERATING: ReadonlySet<string> = new Set(['owner', 'moderator']);

interface EditRules {
  userId: string;
  text: string;
  /** Whether the marketplace has closed the chat. */
  closed: boolean;
  /** How long after sending a message may be edited; 0 for never. */
  windowSeconds: number;
  now: Date;
}

interface DeleteRules {
  userId: string;
  /** The deleter's role in the chat. */
  role: string;
}

/**
 * Only the author edits, only within the window, only in an open chat, and only what is still there. What the service wrote
 * of somebody is not his. The same text again changes nothing.
 *
 * @throws ChatError `MESSAGE_NOT_FOUND`, `FORBIDDEN`, `CHAT_CLOSED`, `MESSAGE_EMPTY`
 */
export function judgeEdit(
  message: StoredMessage,
  { userId, text, closed, windowSeconds, now }: EditRules,
): MessageChange {
  const operation = 'edit message';
  if (message.deletedAt !== null) {
    throw new ChatError('MESSAGE_NOT_FOUND', operation, 'the message was deleted');
  }
  if (message.senderId !== userId || message.type === 'system') {
    throw new ChatError('FORBIDDEN', operation, 'only its author may edit it');
  }
  if (closed) {
    throw ChatError.chatClosed(operation);
  }
  // The clock of the database, which dates messages, may be ahead of this one: a window of nothing must be closed then too.
  if (windowSeconds === 0 || now.getTime() - message.createdAt.getTime() > windowSeconds * 1_000) {
    throw new ChatError('FORBIDDEN', operation, 'the time to edit it is over; send another message', {
      details: { windowSeconds },
    });
  }
  demandText(message.type, text, operation);
  return message.text === text ? null : { kind: 'edit', text };
}

/**
 * The author deletes, and so does who moderates the chat; but nobody what the service wrote, which tells what happened.
 * Deleting again changes nothing, so a repeated command is answered like the first.
 *
 * @throws ChatError `FORBIDDEN`
 */
export function judgeDelete(message: StoredMessage, { userId, role }: DeleteRules): MessageChange {
  const operation = 'delete message';
  if (message.type === 'system') {
    throw new ChatError('FORBIDDEN', operation, 'nobody may delete what the service tells');
  }
  if (message.senderId !== userId && !MODERATING.has(role)) {
    throw new ChatError('FORBIDDEN', operation, 'only its author or a moderator of the chat may delete it');
  }
  return message.deletedAt === null ? { kind: 'delete' } : null;
}

/** The marketplace deletes whatever it judges unfit. Deleting again changes nothing. */
export function judgeModeration(message: StoredMessage): MessageChange {
  return message.deletedAt === null ? { kind: 'delete' } : null;
}
