import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/open-database.js';
import type { StoredChat } from './chat.js';

export interface NewChat {
  id: string;
  buyerId: string;
  sellerId: string;
}

const columns = [
  'c.id',
  'c.type',
  'c.buyer_id as buyerId',
  'c.seller_id as sellerId',
  'x.product_id as productId',
  'c.last_seq as lastSeq',
  'c.last_rev as rev',
  'c.created_at as createdAt',
] as const;

@Injectable()
export class ChatsRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Creates the chat of a pair with its two members, unless the pair has one. One statement, so atomic; concurrent
   * calls wait for each other on the unique index and exactly one of them creates.
   *
   * @returns whether this call created it
   */
  async createUnlessExists(chat: NewChat): Promise<boolean> {
    const { rows } = await sql<{ id: string }>`
      with created as (
        insert into chat.chats (id, type, buyer_id, seller_id)
        values (${chat.id}, 'direct', ${chat.buyerId}, ${chat.sellerId})
        on conflict (buyer_id, seller_id) do nothing
        returning id, buyer_id, seller_id
      ),
      joined as (
        insert into chat.chat_members (chat_id, user_id, role)
        select created.id, member.user_id, member.role
          from created
         cross join lateral (
           values (created.buyer_id, 'buyer'), (created.seller_id, 'seller')
         ) as member (user_id, role)
      )
      select id from created`.execute(this.db);
    return rows.length > 0;
  }

  /**
   * Sets the product a chat is about.
   *
   * @returns whether it was another one before
   */
  async setProduct(chatId: string, productId: string): Promise<boolean> {
    const { rows } = await sql<{ chatId: string }>`
      insert into chat.chat_context as x (chat_id, product_id)
      values (${chatId}, ${productId})
      on conflict (chat_id) do update
         set product_id = excluded.product_id, updated_at = now()
       where x.product_id <> excluded.product_id
      returning x.chat_id as "chatId"`.execute(this.db);
    return rows.length > 0;
  }

  async findByPair(buyerId: string, sellerId: string): Promise<StoredChat | undefined> {
    return await this.chats().where('c.buyer_id', '=', buyerId).where('c.seller_id', '=', sellerId).executeTakeFirst();
  }

  async find(chatId: string): Promise<StoredChat | undefined> {
    return await this.chats().where('c.id', '=', chatId).executeTakeFirst();
  }

  async findMany(chatIds: readonly string[]): Promise<StoredChat[]> {
    return await this.chats().where('c.id', 'in', chatIds).execute();
  }

  private chats() {
    return this.db
      .selectFrom('chat.chats as c')
      .leftJoin('chat.chat_context as x', 'x.chat_id', 'c.id')
      .select(columns);
  }
}
