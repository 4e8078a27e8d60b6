import { createHash } from 'node:crypto';
import { ChatError, ChatId } from '../contract/index.js';
import type { Folder } from '../database/schema.js';

/** A place in the order of an inbox: the chats after it are those with less activity, or as much and a lower id. */
export interface InboxPosition {
  /** Microseconds since the epoch, as the database keeps them: in milliseconds two chats would share a place. */
  activityMicros: string;
  chatId: string;
}

/** Whose list, and which of his lists, a cursor was given out for. */
export interface CursorOwner {
  userId: string;
  folder: Folder;
}

/** The time goes up to the year 2286: more digits would be one that the database does not know. */
const CURSOR = /^((\d{1,16})\.([0-9a-f-]{36}))\.([\w-]{11})$/;

export function formatCursor({ activityMicros, chatId }: InboxPosition, owner: CursorOwner): string {
  const position = `${activityMicros}.${chatId}`;
  return Buffer.from(`${position}.${checksum(position, owner)}`).toString('base64url');
}

/**
 * A cursor carries a checksum over itself and its owner, so that a made-up one, another user's or another list's is told
 * apart from a good one instead of leading to some page. It is no signature and needs no key: a cursor names a place in
 * time and no chat to look at, and who computes one from this source pages through his own chats from there.
 *
 * @throws ChatError `VALIDATION_FAILED`
 */
export function parseCursor(cursor: string, owner: CursorOwner, operation: string): InboxPosition {
  const [, position, activityMicros, id, sum] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  const chatId = ChatId.safeParse(id);
  if (position === undefined || activityMicros === undefined || !chatId.success || sum !== checksum(position, owner)) {
    throw new ChatError('VALIDATION_FAILED', operation, 'cursor: is none that this list gave out', {
      details: [{ path: 'cursor', message: 'is none that this list gave out' }],
    });
  }
  return { activityMicros, chatId: chatId.data };
}

/** 64 bits, in 11 characters. */
function checksum(position: string, { userId, folder }: CursorOwner): string {
  // JSON keeps the parts apart, whatever characters a user id is made of.
  const digest = createHash('sha256')
    .update(JSON.stringify([position, userId, folder]))
    .digest();
  return digest.subarray(0, 8).toString('base64url');
}
