import { Client } from 'pg';

/** Chats of one buyer, each with another seller, and the messages that both wrote in turn. */
export interface Archive {
  buyerId: number;
  firstSellerId: number;
  chats: number;
  messagesPerChat: number;
  /** Chats of other pairs, without messages: what a look-up must not wade through. */
  othersChats: number;
}

interface Definition {
  name: string;
  definition: string;
}

const MESSAGES = 'chat.messages';

/**
 * Fills the database of a service that has migrated it. Messages lie on disk in the order in which chats that are busy at the
 * same time would have written them: neighbours of one chat are not neighbours there.
 *
 * Constraints and indexes of the messages are taken off for the load and put back as they were; the tables end logged,
 * vacuumed and analysed.
 *
 * @returns the ids of the chats
 */
export async function fillArchive(databaseUrl: string, archive: Archive): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const chatIds = await insertChats(client, archive);
    const constraints = await constraintsOf(client);
    const indexes = await indexesOf(client);
    await dropAll(client, constraints, indexes);
    await insertMessages(client, archive);
    await restoreAll(client, constraints, indexes);
    await client.query(`vacuum (analyze) chat.chats, chat.chat_members, ${MESSAGES}`);
    await checkpoint(client);
    return chatIds;
  } finally {
    await client.end();
  }
}

async function insertChats(client: Client, archive: Archive): Promise<string[]> {
  const { buyerId, firstSellerId, chats, messagesPerChat, othersChats } = archive;
  const firstOther = firstSellerId + chats;
  const { rows } = await client.query<{ id: string }>(
    `insert into chat.chats (id, type, buyer_id, seller_id, last_seq, last_rev)
     select gen_random_uuid(), 'direct', $1::text, ($2::bigint + n)::text, $3::integer, $3::integer
       from generate_series(0, $4::integer - 1) n
     returning id`,
    [buyerId, firstSellerId, messagesPerChat, chats],
  );
  await client.query(
    `insert into chat.chats (id, type, buyer_id, seller_id)
     select gen_random_uuid(), 'direct', ($1::bigint + 2 * n)::text, ($1::bigint + 2 * n + 1)::text
       from generate_series(0, $2::integer - 1) n`,
    [firstOther, othersChats],
  );
  await client.query(
    `insert into chat.chat_members (chat_id, user_id, role)
     select c.id, member.user_id, member.role
       from chat.chats c
      cross join lateral (values (c.buyer_id, 'buyer'), (c.seller_id, 'seller')) as member (user_id, role)`,
  );
  return rows.map(({ id }) => id);
}

/** Ids and keys are random, as those of clients are. */
async function insertMessages(client: Client, { chats, messagesPerChat, buyerId }: Archive): Promise<void> {
  await client.query(
    `with written as materialized (
       select array_agg(id) as ids, array_agg(array[buyer_id, seller_id]) as sides
         from chat.chats
        where buyer_id = $3::text
     )
     insert into ${MESSAGES} (chat_id, seq, rev, id, sender_id, type, text, client_message_id, created_at)
     select ids[place], seq, seq, gen_random_uuid(), sides[place][1 + seq % 2], 'text',
            'Is the blue one still there? I could come by tomorrow, then. ' || seq,
            gen_random_uuid()::text, now() - (total - n) * interval '1 second'
       from written,
            (values ($1::bigint, $2::bigint)) as sizes (chats, total),
            generate_series(0, $2::bigint - 1) n,
            lateral (select (1 + n % chats)::integer as place, (1 + n / chats)::integer as seq) as spot`,
    [chats, chats * messagesPerChat, buyerId],
  );
}

async function constraintsOf(client: Client): Promise<Definition[]> {
  // Descending: primary and unique keys come back before the foreign keys.
  const { rows } = await client.query<Definition>(
    `select quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
       from pg_constraint
      where conrelid = '${MESSAGES}'::regclass and contype in ('p', 'u', 'f')
      order by contype desc`,
  );
  return rows;
}

async function indexesOf(client: Client): Promise<Definition[]> {
  const { rows } = await client.query<Definition>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
       from pg_index i
      where i.indrelid = '${MESSAGES}'::regclass
        and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`,
  );
  return rows;
}

async function dropAll(client: Client, constraints: Definition[], indexes: Definition[]): Promise<void> {
  for (const { name } of constraints) {
    await client.query(`alter table ${MESSAGES} drop constraint ${name}`);
  }
  for (const { name } of indexes) {
    await client.query(`drop index ${name}`);
  }
}

async function restoreAll(client: Client, constraints: Definition[], indexes: Definition[]): Promise<void> {
  await client.query(`set maintenance_work_mem = '512MB'`);
  for (const { name, definition } of constraints) {
    await client.query(`alter table ${MESSAGES} add constraint ${name} ${definition}`);
  }
  for (const { definition } of indexes) {
    await client.query(definition);
  }
}

/** Left to itself, PostgreSQL would write the load to disk in the middle of the measurement. */
async function checkpoint(client: Client): Promise<void> {
  const { rows } = await client.query<{ allowed: boolean }>(
    'select rolsuper as allowed from pg_roles where rolname = current_user',
  );
  if (rows[0]?.allowed === true) {
    await client.query('checkpoint');
  }
}
