import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/open-database.js';
import type { MemberRow } from '../members/member.js';
import { blockersOf, settingColumns } from '../members/members.repository.js';
import type { AppendOutcome } from '../messages/append-outcome.js';
import { lockChat } from '../messages/chat-lock.repository.js';
import type { MessageDraft } from '../messages/message.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import type { StoredChat } from './chat.js';

/** A chat as one of its members has it. */
export interface MembersChat extends StoredChat, Omit<MemberRow, 'userId' | 'profile' | 'presenceHidden'> {
  joinedAt: Date;
}

/** What a direct chat is known by. */
export interface ChatKey {
  buyerId: string;
  sellerId: string;
  /** The product the chat is for; `null` for the one chat of the pair that is for all of them. */
  keyProductId: string | null;
}

export interface NewChat extends ChatKey {
  id: string;
}

/** Whether a call created its chat, and who of the two had blocked the other then. */
export interface Creation {
  isNew: boolean;
  buyerBlocks: boolean;
  sellerBlocks: boolean;
}

/** Stands in `key_product_id` for no product; the contract lets no product id be empty. */
const PAIR = '';

export interface NewGroup {
  id: string;
  name: string;
  ownerId: string;
  /** The other members; without the owner, and nobody twice. */
  memberIds: readonly string[];
  /** The owner's idempotency key. */
  key: string;
}

const columns = [
  'c.id',
  'c.type',
  'c.name',
  'c.buyer_id as buyerId',
  'c.seller_id as sellerId',
  'x.product_id as productId',
  'c.last_seq as lastSeq',
  'c.last_rev as rev',
  'c.created_at as createdAt',
  'c.closed_at as closedAt',
] as const;

@Injectable()
export class ChatsRepository {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly messages: MessagesRepository,
  ) {}

  /**
   * Creates a direct chat with its two members, unless there is one of this key; a chat keyed by a product is about that
   * product. One statement, so atomic; concurrent calls wait for each other on the unique index and exactly one of them creates.
   * A block that one of the two has set is marked on the members, also one that is committed while this runs: it is read
   * before all else, under the pair's lock, which is held to the end (see `chat.block_stands`).
   *
   * @param heedsBlocks whether nothing is created while a block stands between the two
   */
  async createUnlessExists(chat: NewChat, heedsBlocks = false): Promise<Creation> {
    const { rows } = await sql<Creation>`
      with standing as materialized (
        select chat.block_stands(${chat.buyerId}, ${chat.sellerId}) as by_buyer,
               chat.block_stands(${chat.sellerId}, ${chat.buyerId}) as by_seller
      ),
      created as (
        insert into chat.chats (id, type, buyer_id, seller_id, key_product_id)
        select ${chat.id}::uuid, 'direct', ${chat.buyerId}::text, ${chat.sellerId}::text, ${chat.keyProductId ?? PAIR}::text
          from standing
         where not (${heedsBlocks}::boolean and (by_buyer or by_seller))
        on conflict (buyer_id, seller_id, key_product_id) do nothing
        returning id, buyer_id, seller_id, key_product_id
      ),
      context as (
        insert into chat.chat_context (chat_id, product_id)
        select id, key_product_id from created where key_product_id <> ${PAIR}
      ),
      joined as (
        insert into chat.chat_members (chat_id, user_id, role, blocked_by_peer, blocks_peer)
        select created.id, member.*
          from created
         cross join standing
         cross join lateral (
           values (created.buyer_id, 'buyer', by_seller, by_buyer), (created.seller_id, 'seller', by_buyer, by_seller)
         ) as member (user_id, role, blocked_by_peer, blocks_peer)
      )
      select exists (select 1 from created) as "isNew", by_buyer as "buyerBlocks", by_seller as "sellerBlocks"
        from standing`.execute(this.db);
    const [creation] = rows;
    if (creation === undefined) {
      throw new Error('unable to create chat; the statement answered nothing');
    }
    return creation;
  }

  /**
   * Creates a group with its members and its first message, in one transaction, unless its owner's key names one already.
   * Concurrent calls with one key wait for each other on the key, and exactly one of them creates.
   *
   * @returns what became of the message; `blocked` when a member has blocked the owner, `null` when the key names a group
   *   already: in either case nothing was written
   */
  async createGroupUnlessExists(
    group: NewGroup,
    firstMessage: MessageDraft,
  ): Promise<AppendOutcome | 'blocked' | null> {
    return await this.db.transaction().execute(async (transaction) => {
      if ((await blockersOf(group.ownerId, group.memberIds, transaction)).length > 0) {
        return 'blocked';
      }
      const { rows } = await sql`
        with taken as (
          insert into chat.group_keys (creator_id, client_chat_id, chat_id)
          values (${group.ownerId}, ${group.key}, ${group.id})
          on conflict do nothing
          returning chat_id
        ),
        created as (
          insert into chat.chats (id, type, name)
          select chat_id, 'group', ${group.name}::text from taken
        ),
        joined as (
          insert into chat.chat_members (chat_id, user_id, role)
          select taken.chat_id, member.user_id, member.role
            from taken
           cross join (
             select ${group.ownerId}::text as user_id, 'owner' as role
             union all
             select unnest(${[...group.memberIds]}::text[]), 'member'
           ) member
        )
        select chat_id from taken`.execute(transaction);
      const [outcome] = rows.length === 0 ? [null] : await this.messages.append([firstMessage], transaction);
      return outcome ?? null;
    });
  }

  /** The group that a creator's key names. */
  async findGroupByKey(creatorId: string, key: string): Promise<StoredChat | undefined> {
    return await this.chats()
      .innerJoin('chat.group_keys as k', 'k.chat_id', 'c.id')
      .where('k.creator_id', '=', creatorId)
      .where('k.client_chat_id', '=', key)
      .executeTakeFirst();
  }

  /**
   * Sets the product an open chat is about. In one transaction under the chat's lock, which closing and blocking take too:
   * once either is answered, the product stays.
   *
   * @param heedsBlocks whether it stays while a block stands between the two of a direct chat, too
   * @returns whether it was another one before
   */
  async setProduct(chatId: string, productId: string, heedsBlocks = false): Promise<boolean> {
    return await this.db.transaction().execute(async (transaction) => {
      await lockChat(transaction, chatId);
      const { rows } = await sql`
        insert into chat.chat_context as x (chat_id, product_id)
        select c.id, ${productId}::text
          from chat.chats c
         where c.id = ${chatId}
           and c.closed_at is null
           and not (
             ${heedsBlocks}::boolean
             and exists (
               select 1 from chat.chat_members m where m.chat_id = c.id and (m.blocked_by_peer or m.blocks_peer)
             )
           )
        on conflict (chat_id) do update
           set product_id = excluded.product_id, updated_at = now()
         where x.product_id <> excluded.product_id
        returning x.chat_id`.execute(transaction);
      return rows.length > 0;
    });
  }

  async findByKey({ buyerId, sellerId, keyProductId }: ChatKey): Promise<StoredChat | undefined> {
    return await this.chats()
      .where('c.buyer_id', '=', buyerId)
      .where('c.seller_id', '=', sellerId)
      .where('c.key_product_id', '=', keyProductId ?? PAIR)
      .executeTakeFirst();
  }

  async find(chatId: string, db: Database = this.db): Promise<StoredChat | undefined> {
    return await this.chats(db).where('c.id', '=', chatId).executeTakeFirst();
  }

  async findMany(chatIds: readonly string[]): Promise<StoredChat[]> {
    return await this.chats().where('c.id', 'in', chatIds).execute();
  }

  /**
   * Closes or opens a chat. It takes the chat's lock, which every write of a message holds: what is committed after it heeds it.
   * A chat that is closed already keeps its date.
   *
   * @returns the chat as this call has left it, whatever is done to it at the same time; `undefined` where there is none
   */
  async setClosed(chatId: string, closed: boolean): Promise<StoredChat | undefined> {
    return await this.db.transaction().execute(async (transaction) => {
      await transaction
        .updateTable('chat.chats')
        .set({ closed_at: closed ? sql<Date>`coalesce(closed_at, now())` : null })
        .where('id', '=', chatId)
        .execute();
      return await this.find(chatId, transaction);
    });
  }

  /** Chats of a user in the order of their ids, from the first behind `afterId` on. */
  async ofMember(userId: string, afterId: string, limit: number): Promise<MembersChat[]> {
    return await this.chats()
      .innerJoin('chat.chat_members as m', 'm.chat_id', 'c.id')
      .select(['m.role', 'm.last_read_seq as lastReadSeq', 'm.last_delivered_seq as lastDeliveredSeq'])
      .select(['m.joined_at as joinedAt', ...settingColumns])
      .where('m.user_id', '=', userId)
      .where('m.chat_id', '>', afterId)
      .orderBy('m.chat_id')
      .limit(limit)
      .execute();
  }

  private chats(db: Database = this.db) {
    return db.selectFrom('chat.chats as c').leftJoin('chat.chat_context as x', 'x.chat_id', 'c.id').select(columns);
  }
}
