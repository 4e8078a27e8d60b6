import { type Kysely, sql } from 'kysely';

/**
 * The write path: one call stores one batch of messages and tells the outcome of every row.
 *
 * It is a function because its two statements need two snapshots in one round trip. The first locks the chats; only a
 * statement that starts after the locks are held sees what the previous holder committed. With lock and read in one
 * statement, a duplicate committed meanwhile would be missed and its number lost.
 *
 * Guarantees
 * - Bounded: a chat that somebody else keeps locked fails the batch after two seconds.
 * - Atomic: the whole batch commits or none of it does.
 * - No deadlock between batches: chats are locked in the order of their ids, whatever order the batch has.
 * - `seq` without gaps: numbers are taken under the chat's lock, for rows that are inserted, in batch order.
 * - One message per (chat, sender, client_message_id): a repeat, in the table or earlier in the batch, changes nothing
 *   and reports the message it repeats.
 * - Membership is read under the lock, so a member removed before the lock was taken cannot write.
 * - A sender has read and received what he wrote: his marks move to his last message. Members are updated in the order of
 *   their keys, as receipts do it, so the two cannot wait for each other.
 *
 * The planner settings keep every look-up on its index: a plan cached while the tables are small would otherwise
 * still scan them when they have grown. Compiling the plan would cost more than running it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function chat.append_messages(batch jsonb)
    returns table (
      ord integer,
      outcome text,
      leader integer,
      id uuid,
      seq integer,
      rev integer,
      created_at timestamptz,
      members_version integer,
      product_changed boolean,
      text text,
      product_id text,
      edited_at timestamptz,
      deleted_at timestamptz
    )
    language plpgsql
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set jit = off
    set lock_timeout = '2s'
    as $function$
    #variable_conflict use_column
    begin
      perform 1
         from chat.chats c
        where c.id in (select (item ->> 'chatId')::uuid from jsonb_array_elements(batch) item)
        order by c.id
          for no key update;

      return query
      with draft as materialized (
        select d.*
          from rows from (
            jsonb_to_recordset(batch)
              as (id uuid, "chatId" uuid, "senderId" text, "clientMessageId" text, type text, text text, "productId" text)
          ) with ordinality as d (id, chat_id, sender_id, client_message_id, type, body, product_id, ord)
      ),
      judged as materialized (
        select d.*,
               c.last_seq,
               c.last_rev,
               c.members_version,
               member.user_id is not null as is_member,
               prior.id as prior_id,
               first_value(d.ord) over (
                 partition by d.chat_id, d.sender_id, d.client_message_id order by d.ord
               ) as leader
          from draft d
          left join lateral (
            select x.last_seq, x.last_rev, x.members_version from chat.chats x where x.id = d.chat_id limit 1
          ) c on true
          left join lateral (
            select x.user_id
              from chat.chat_members x
             where x.chat_id = d.chat_id and x.user_id = d.sender_id
             limit 1
          ) member on true
          left join lateral (
            select x.id
              from chat.messages x
             where x.chat_id = d.chat_id
               and x.sender_id = d.sender_id
               and x.client_message_id = d.client_message_id
             limit 1
          ) prior on true
      ),
      fresh as materialized (
        select j.*, (row_number() over (partition by j.chat_id order by j.ord))::integer as place
          from judged j
         where j.is_member and j.prior_id is null and j.leader = j.ord
      ),
      inserted as (
        insert into chat.messages as m
          (chat_id, seq, rev, id, sender_id, type, text, product_id, client_message_id, created_at)
        select f.chat_id, f.last_seq + f.place, f.last_rev + f.place, f.id, f.sender_id, f.type, f.body,
               f.product_id, f.client_message_id, clock_timestamp()
          from fresh f
         order by f.ord
        returning m.id, m.seq, m.rev, m.created_at
      ),
      advanced as (
        update chat.chats c
           set last_seq = c.last_seq + total.added, last_rev = c.last_rev + total.added
          from (select f.chat_id, count(*)::integer as added from fresh f group by f.chat_id) total
         where c.id = total.chat_id
      ),
      marked as (
        update chat.chat_members m
           set last_read_seq = greatest(m.last_read_seq, own.seq),
               last_delivered_seq = greatest(m.last_delivered_seq, own.seq)
          from (
            select f.chat_id, f.sender_id, max(f.last_seq + f.place) as seq
              from fresh f
             group by f.chat_id, f.sender_id
             order by f.chat_id, f.sender_id
          ) own
         where m.chat_id = own.chat_id and m.user_id = own.sender_id
      ),
      context as (
        insert into chat.chat_context as x (chat_id, product_id, updated_at)
        select distinct on (f.chat_id) f.chat_id, f.product_id, clock_timestamp()
          from fresh f
         where f.product_id is not null
         order by f.chat_id, f.ord desc
        on conflict on constraint chat_context_pkey do update
           set product_id = excluded.product_id, updated_at = excluded.updated_at
         where x.product_id <> excluded.product_id
        returning x.chat_id
      )
      select j.ord::integer,
             case
               when not j.is_member then 'refused'
               when j.prior_id is not null then 'duplicate'
               when j.leader <> j.ord then 'repeated'
               else 'stored'
             end,
             j.leader::integer,
             coalesce(i.id, p.id),
             coalesce(i.seq, p.seq),
             coalesce(i.rev, p.rev),
             coalesce(i.created_at, p.created_at),
             j.members_version,
             i.id is not null and exists (select 1 from context t where t.chat_id = j.chat_id),
             p.text,
             p.product_id,
             p.edited_at,
             p.deleted_at
        from judged j
        left join inserted i on i.id = j.id
        left join lateral (
          select x.*
            from chat.messages x
           where j.prior_id is not null
             and x.chat_id = j.chat_id
             and x.sender_id = j.sender_id
             and x.client_message_id = j.client_message_id
           limit 1
        ) p on true
       order by j.ord;
    end
    $function$`.execute(db);
}
