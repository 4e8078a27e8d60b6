import { type Kysely, sql } from 'kysely';

/**
 * `chat.append_messages` as in 0024, with the same guarantees and one more: what a chat is about stays as it is while the chat is
 * closed, also when the marketplace posts a message that names a product. The message keeps its own.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create or replace function chat.append_messages(batch jsonb)
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
        select d.*,
               first_value(d.ord) over (
                 partition by d.chat_id, d.sender_id, d.client_message_id order by d.ord
               ) as leader
          from rows from (
            jsonb_to_recordset(batch)
              as (id uuid, "chatId" uuid, "senderId" text, "clientMessageId" text, type text, text text, "productId" text,
                  attachments jsonb, "replyTo" uuid, system jsonb)
          ) with ordinality as d
            (id, chat_id, sender_id, client_message_id, type, body, product_id, attachments, reply_to, system, ord)
      ),
      judged as materialized (
        select d.*,
               c.last_seq,
               c.last_rev,
               c.members_version,
               c.key_product_id,
               c.raised_at,
               c.closed_at,
               case
                 when member.user_id is null and (d.sender_id <> '' or c.last_seq is null) then 'refused'
                 when prior.id is not null then 'duplicate'
                 when c.closed_at is not null and d.type <> 'system' then 'closed'
                 when member.blocked_by_peer then 'blocked'
                 when member.blocks_peer then 'blocking'
                 when d.leader <> d.ord then 'repeated'
                 when d.reply_to is not null and (
                   select x.seq from chat.messages x where x.chat_id = d.chat_id and x.id = d.reply_to limit 1
                 ) is null then 'unanswerable'
                 else 'stored'
               end as outcome,
               prior.id as prior_id,
               prior.seq as prior_seq,
               prior.rev as prior_rev,
               prior.created_at as prior_created_at,
               prior.text as prior_text,
               prior.product_id as prior_product_id,
               prior.edited_at as prior_edited_at,
               prior.deleted_at as prior_deleted_at
          from draft d
          left join lateral (
            select x.last_seq, x.last_rev, x.members_version, x.key_product_id, x.raised_at, x.closed_at
              from chat.chats x
             where x.id = d.chat_id
             limit 1
          ) c on true
          left join lateral (
            select x.user_id, x.blocked_by_peer, x.blocks_peer
              from chat.chat_members x
             where x.chat_id = d.chat_id and x.user_id = d.sender_id
             limit 1
          ) member on true
          left join lateral (
            select x.*
              from chat.messages x
             where x.chat_id = d.chat_id
               and x.sender_id = d.sender_id
               and x.client_message_id = d.client_message_id
             limit 1
          ) prior on true
      ),
      numbered as materialized (
        select j.*,
               (count(*) filter (where j.outcome = 'stored') over (partition by j.chat_id order by j.ord))::integer
                 as place,
               clock_timestamp() as stored_at
          from judged j
      ),
      fresh as materialized (
        select n.*, n.last_seq + n.place as seq, n.last_rev + n.place as rev
          from numbered n
         where n.outcome = 'stored'
      ),
      inserted as (
        insert into chat.messages
          (chat_id, seq, rev, id, sender_id, type, text, product_id, client_message_id, created_at, attachments, reply_to,
           system)
        select f.chat_id, f.seq, f.rev, f.id, f.sender_id, f.type, f.body, f.product_id, f.client_message_id, f.stored_at,
               f.attachments, f.reply_to, f.system
          from fresh f
      ),
      total as materialized (
        select f.chat_id, max(f.seq) as seq, max(f.rev) as rev, max(f.stored_at) as stored_at,
               min(f.raised_at) <= max(f.stored_at) - chat.raise_window() as raises
          from fresh f
         group by f.chat_id
      ),
      advanced as (
        update chat.chats c
           set last_seq = total.seq,
               last_rev = total.rev,
               last_message_at = greatest(c.last_message_at, total.stored_at),
               raised_at = case when total.raises then total.stored_at else c.raised_at end
          from total
         where c.id = total.chat_id
      ),
      marked as (
        update chat.chat_members m
           set last_read_seq = greatest(m.last_read_seq, own.seq),
               last_delivered_seq = greatest(m.last_delivered_seq, own.seq),
               activity_at = greatest(m.activity_at, own.raised_at),
               folder = case when own.raised_at is null then m.folder else 'inbox' end,
               maybe_unread = m.maybe_unread or own.raised_at is not null
          from (
            select touched.chat_id, touched.user_id, max(touched.seq) as seq, max(touched.raised_at) as raised_at
              from (
                select f.chat_id, f.sender_id as user_id, f.seq, null::timestamptz as raised_at from fresh f
                union all
                select t.chat_id, member.user_id, 0, t.stored_at
                  from total t
                 cross join lateral (select x.user_id from chat.chat_members x where x.chat_id = t.chat_id) member
                 where t.raises
              ) touched
             group by touched.chat_id, touched.user_id
             order by touched.chat_id, touched.user_id
          ) own
         where m.chat_id = own.chat_id and m.user_id = own.user_id
      ),
      context as (
        insert into chat.chat_context as x (chat_id, product_id, updated_at)
        select distinct on (f.chat_id) f.chat_id, f.product_id, clock_timestamp()
          from fresh f
         where f.product_id is not null and f.key_product_id = '' and f.closed_at is null
         order by f.chat_id, f.ord desc
        on conflict on constraint chat_context_pkey do update
           set product_id = excluded.product_id, updated_at = excluded.updated_at
         where x.product_id <> excluded.product_id
        returning x.chat_id
      )
      select n.ord::integer,
             n.outcome,
             n.leader::integer,
             coalesce(n.prior_id, n.id),
             coalesce(n.prior_seq, n.last_seq + n.place),
             coalesce(n.prior_rev, n.last_rev + n.place),
             coalesce(n.prior_created_at, n.stored_at),
             n.members_version,
             n.outcome = 'stored' and n.chat_id in (select t.chat_id from context t),
             n.prior_text,
             n.prior_product_id,
             n.prior_edited_at,
             n.prior_deleted_at
        from numbered n
       order by n.ord;
    end
    $function$`.execute(db);
}
