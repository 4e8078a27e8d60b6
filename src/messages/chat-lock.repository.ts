import type { Transaction } from 'kysely';
import type { Schema } from '../database/schema.js';

/**
 * Takes the lock of a chat that every write to its messages holds, until the transaction ends: no other writer comes between,
 * and no rev is given twice. A statement of its own: only one that begins after the lock is held sees what its last holder
 * committed.
 */
export async function lockChat(transaction: Transaction<Schema>, chatId: string): Promise<void> {
  await transaction.selectFrom('chat.chats').select('id').where('id', '=', chatId).forNoKeyUpdate().executeTakeFirst();
}
