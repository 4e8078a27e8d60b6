import { Client } from 'pg';

/** Sellers whose inboxes are measured, among other chats. */
export interface Inboxes {
  /** Each with so many chats, of a buyer each who has no other. */
  sellers: ReadonlyArray<{ sellerId: number; chats: number }>;
  /** Buyers of all chats have ids from here on. */
  firstBuyerId: number;
  /** Chats of other sellers, ten to a seller. */
  othersChats: number;
  /** Chats in which each measured seller has one message unread, evenly among all of his. */
  unreadChats: number;
}

/** Minutes between a seller's chats: the latest is this old, so none was raised within the window. */
const MINUTES_APART = 5;

/**
 * Fills the database of a service that has migrated it, as the write path and reading would have left it: one message in every
 * chat, the last activity of a seller's chats minutes apart, a profile for every buyer. The tables end vacuumed and analysed.
 */
export async function fillInboxes(databaseUrl: string, inboxes: Inboxes): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { sellers, firstBuyerId, othersChats, unreadChats } = inboxes;
    let buyerId = firstBuyerId;
    for (const { sellerId, chats } of sellers) {
      await insertChats(client, { firstBuyerId: buyerId, chats, seller: `'${sellerId}'`, unreadChats });
      buyerId += chats;
    }
    const seller = `'other-' || n / 10`;
    await insertChats(client, { firstBuyerId: buyerId, chats: othersChats, seller, unreadChats: 0 });
    await client.query('vacuum (analyze) chat.chats, chat.chat_members, chat.messages, chat.user_profiles');
  } finally {
    await client.end();
  }
}

async function insertChats(
  client: Client,
  {
    firstBuyerId,
    chats,
    seller,
    unreadChats,
  }: { firstBuyerId: number; chats: number; seller: string; unreadChats: number },
): Promise<void> {
  await client.query(
    `with filled as (
       insert into chat.chats (id, type, buyer_id, seller_id, last_seq, last_rev, last_message_at, raised_at)
       select gen_random_uuid(), 'direct', ($1::bigint + n)::text, ${seller}, 1, 1, active_at, active_at
         from generate_series(0, $2::integer - 1) n
        cross join lateral (select now() - (n + 1) * interval '${MINUTES_APART} minutes' as active_at) activity
       returning id, buyer_id, seller_id, last_message_at,
                 (buyer_id::bigint - $1::bigint) % $4::integer = 0
                   and (buyer_id::bigint - $1::bigint) / $4::integer < $3::integer as unread
     ),
     members as (
       insert into chat.chat_members (chat_id, user_id, role, last_read_seq, activity_at, maybe_unread)
       select id, buyer_id, 'buyer', 1, last_message_at, false from filled
       union all
       select id, seller_id, 'seller', case when unread then 0 else 1 end, last_message_at, unread from filled
     ),
     profiles as (
       insert into chat.user_profiles (user_id, username, first_name, last_name, avatar_url, role)
       select buyer_id, 'user-' || buyer_id, 'First', 'Last', 'https://images.example/' || buyer_id, 'buyer' from filled
     )
     insert into chat.messages (chat_id, seq, rev, id, sender_id, type, text, client_message_id, created_at)
     select id, 1, 1, gen_random_uuid(), buyer_id, 'text', 'Is the blue one still there?', gen_random_uuid()::text,
            last_message_at
       from filled`,
    [firstBuyerId, chats, unreadChats, Math.max(1, Math.floor(chats / Math.max(1, unreadChats)))],
  );
}
