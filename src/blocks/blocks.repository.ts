import { Inject, Injectable } from '@nestjs/common';
import { sql, type Transaction } from 'kysely';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/open-database.js';
import type { Schema } from '../database/schema.js';

export interface Block {
  userId: string;
  blockedAt: Date;
}

/** A block that stands, and when the blocked user saw the blocker last, as far as he may know; `null` where he does not. */
export interface StandingBlock extends Block {
  lastSeenAt: Date | null;
}

interface Pair {
  blockerId: string;
  blockedId: string;
}

@Injectable()
export class BlocksRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Sets a block and marks it on the members of every direct chat of the two, in one transaction. Under the pair's lock,
   * so that a chat that is created meanwhile is either marked here or marks itself; under the chats' locks, so that once
   * this is committed no message of the blocked user is.
   *
   * @param lastSeenAt when the blocked user has seen the blocker last, as far as he may know: what he is told from now on
   * @returns the block, as it was set first
   */
  async block({ blockerId, blockedId }: Pair, lastSeenAt: Date | null = null): Promise<StandingBlock> {
    return await this.db.transaction().execute(async (transaction) => {
      await lockPair(transaction, { blockerId, blockedId });
      await transaction
        .insertInto('chat.blocks')
        .values({ blocker_id: blockerId, blocked_id: blockedId, last_seen_at: lastSeenAt })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await markMembers(transaction, { blockerId, blockedId }, true);
      return await transaction
        .selectFrom('chat.blocks')
        .select(['blocked_id as userId', 'created_at as blockedAt', 'last_seen_at as lastSeenAt'])
        .where('blocker_id', '=', blockerId)
        .where('blocked_id', '=', blockedId)
        .executeTakeFirstOrThrow();
    });
  }

  /** Takes a block back, with its marks. */
  async unblock({ blockerId, blockedId }: Pair): Promise<void> {
    await this.db.transaction().execute(async (transaction) => {
      await lockPair(transaction, { blockerId, blockedId });
      await transaction
        .deleteFrom('chat.blocks')
        .where('blocker_id', '=', blockerId)
        .where('blocked_id', '=', blockedId)
        .execute();
      await markMembers(transaction, { blockerId, blockedId }, false);
    });
  }

  /** Up to `limit` blocks of a user, in the order of the blocked users' ids, after `afterUserId`. One index range. */
  async list(blockerId: string, afterUserId: string | undefined, limit: number): Promise<Block[]> {
    const query = this.db
      .selectFrom('chat.blocks')
      .select(['blocked_id as userId', 'created_at as blockedAt'])
      .where('blocker_id', '=', blockerId)
      .orderBy('blocked_id')
      .limit(limit);
    return await (afterUserId === undefined ? query : query.where('blocked_id', '>', afterUserId)).execute();
  }
}

/** A statement of its own: only one that begins after the lock is held sees what its last holder committed. */
async function lockPair(transaction: Transaction<Schema>, { blockerId, blockedId }: Pair): Promise<void> {
  await sql`select pg_advisory_xact_lock(chat.pair_lock_key(${blockerId}, ${blockedId}))`.execute(transaction);
}

/**
 * Chats are locked in the order of their ids, as the write path locks them, and then members in the order of their keys,
 * as receipts do it, so that none of them can wait for each other. Rows that are right already are not written.
 */
async function markMembers(
  transaction: Transaction<Schema>,
  { blockerId, blockedId }: Pair,
  standing: boolean,
): Promise<void> {
  const { rows: chats } = await sql<{ id: string }>`
    select c.id
      from chat.chats c
     where c.type = 'direct'
       and ((c.buyer_id = ${blockerId} and c.seller_id = ${blockedId})
         or (c.buyer_id = ${blockedId} and c.seller_id = ${blockerId}))
     order by c.id
       for no key update`.execute(transaction);
  if (chats.length === 0) {
    return;
  }
  await sql`
    with marked as materialized (
      select m.chat_id, m.user_id
        from chat.chat_members m
       where m.chat_id = any(${chats.map(({ id }) => id)}::text[]::uuid[])
         and m.user_id in (${blockerId}, ${blockedId})
         and case m.user_id when ${blockerId} then m.blocks_peer else m.blocked_by_peer end <> ${standing}::boolean
       order by m.chat_id, m.user_id
         for no key update
    )
    update chat.chat_members m
       set blocks_peer = case m.user_id when ${blockerId} then ${standing}::boolean else m.blocks_peer end,
           blocked_by_peer = case m.user_id when ${blockedId} then ${standing}::boolean else m.blocked_by_peer end
      from marked
     where m.chat_id = marked.chat_id and m.user_id = marked.user_id`.execute(transaction);
}
