import { z } from 'zod';
import { ChatError, storableText } from '../contract/index.js';

const chatId = z.uuid();

/** Comes before every chat. */
export const BEFORE_ALL_CHATS = '00000000-0000-0000-0000-000000000000';

/**
 * How far a walk through a user's chats has come: `after` in the chat, or, where it is null, behind the whole chat.
 * Each part of a chat is walked in the order of an index, so `after` is a key of that index.
 */
export interface Position<After> {
  chatId: string;
  after: After | null;
}

const int = z.int().nonnegative().max(2_147_483_647);

/** A message among those of its author in a chat, by his key. */
export const ByKey = z.tuple([storableText.max(128)]);
export type ByKey = z.infer<typeof ByKey>;

/** A version among those of a chat, by the message's id and rev. */
export const ByVersion = z.tuple([z.uuid(), int]);
export type ByVersion = z.infer<typeof ByVersion>;

/** A message of a chat, by its place. */
export const BySeq = z.tuple([int]);
export type BySeq = z.infer<typeof BySeq>;

export const ExportCursor = z.discriminatedUnion('part', [
  z.object({ part: z.literal('chats'), chatId }),
  z.object({ part: z.literal('messages'), chatId, after: ByKey.nullable() }),
  z.object({ part: z.literal('versions'), chatId, after: ByVersion.nullable() }),
  z.object({ part: z.literal('reactions'), chatId, after: BySeq.nullable() }),
  z.object({ part: z.literal('records'), after: z.tuple([int, storableText.max(128)]) }),
]);
export type ExportCursor = z.infer<typeof ExportCursor>;

export const ErasureCursor = z.discriminatedUnion('erase', [
  z.object({ erase: z.literal('messages'), chatId, after: ByKey.nullable() }),
  z.object({ erase: z.literal('reactions'), chatId, after: BySeq.nullable() }),
  z.object({ erase: z.literal('groups'), chatId }),
  z.object({ erase: z.literal('records') }),
]);
export type ErasureCursor = z.infer<typeof ErasureCursor>;

/** The cursor as text that nobody needs to understand. */
export function writeCursor(cursor: ExportCursor | ErasureCursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** @throws ChatError `VALIDATION_FAILED` for what this route has not written */
export function readCursor<C>(text: string, schema: z.ZodType<C>, operation: string): C {
  const parsed = schema.safeParse(json(Buffer.from(text, 'base64url').toString()));
  if (!parsed.success) {
    throw new ChatError('VALIDATION_FAILED', operation, 'cursor: is none of this route', {
      details: [{ path: 'cursor', message: 'is none of this route' }],
    });
  }
  return parsed.data;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
