import { type Kysely, sql } from 'kysely';

/**
 * Direct chats keyed by the pair, or by the pair and a product.
 *
 * `key_product_id` is the product a chat was opened for where the deployment keys chats by product, and empty for the one
 * chat of a pair; product ids are never empty. One unique index holds both kinds, so a deployment may change its mind:
 * chats that exist stay what they are. A default that is a constant adds the column without rewriting the table.
 *
 * While instances of the version before still run, they cannot open new chats: their insert names the pair alone.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table chat.chats add column key_product_id text not null default ''`.execute(db);
  await sql`create unique index chats_by_key on chat.chats (buyer_id, seller_id, key_product_id)`.execute(db);
  await sql`alter table chat.chats drop constraint chats_buyer_id_seller_id_key`.execute(db);
}
