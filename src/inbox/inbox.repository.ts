import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { StoredChat } from '../chats/chat.js';
import type { SystemNotice } from '../contract/index.js';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/open-database.js';
import type { Folder } from '../database/schema.js';
import type { MemberSettings } from '../members/member.js';
import type { StoredMessage } from '../messages/message.js';
import { type JoinedProfile, joinedProfile } from '../profiles/profile.js';
import type { InboxPosition } from './inbox-cursor.js';
import type { InboxRow } from './inbox-row.js';

export interface InboxRequest {
  folder: Folder;
  /** `null` for the first page. */
  after: InboxPosition | null;
  limit: number;
}

/** What `page` selects. Names that the chat, its last message and its peer share carry whose they are. */
interface PageRow extends Omit<StoredChat, 'type'>, MemberSettings, JoinedProfile {
  chatType: StoredChat['type'];
  lastReadSeq: number;
  lastDeliveredSeq: number;
  activityAt: Date;
  activityMicros: string;
  messageId: string | null;
  messageSeq: number;
  messageRev: number;
  senderId: string;
  messageType: StoredMessage['type'];
  text: string;
  system: SystemNotice | null;
  attachments: StoredMessage['attachments'];
  replyTo: string | null;
  reactions: StoredMessage['reactions'];
  messageProductId: string | null;
  clientMessageId: string;
  sentAt: Date;
  editedAt: Date | null;
  deletedAt: Date | null;
  peerId: string | null;
  peerRole: 'buyer' | 'seller';
  peerReadSeq: number;
  peerDeliveredSeq: number;
  /** The peer is invisible, or has blocked the user. */
  peerHidden: boolean;
}

@Injectable()
export class InboxRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * A page of a user's chats, the latest activity first, with all that a row shows. One statement, so one snapshot, in which
   * `last_seq` and the message it names fit together.
   *
   * However many chats there are, it reads one range of the index and looks up what it found. The index is off by less than
   * a window (migration 0009), so the range ends a window below `floor`: the stored activity down to which there are enough
   * chats that belong to this page for certain. The true activity then puts what was found in order, and cuts.
   */
  async page(userId: string, { folder, after, limit }: InboxRequest): Promise<InboxRow[]> {
    const before =
      after === null
        ? sql`'infinity'::timestamptz`
        : sql`(timestamptz 'epoch' + ${after.activityMicros}::bigint * interval '1 microsecond')`;
    const beyond =
      after === null
        ? sql`true`
        : sql`(greatest(m.activity_at, c.last_message_at), m.chat_id) < (${before}, ${after.chatId}::uuid)`;
    const { rows } = await sql<PageRow>`
      with floor as materialized (
        select coalesce(
          (
            select m.activity_at
              from chat.chat_members m
             where m.user_id = ${userId} and m.folder = ${folder}
               and m.activity_at <= ${before} - chat.raise_window()
             order by m.activity_at desc
            offset ${limit - 1} limit 1
          ),
          '-infinity'
        ) as activity_at
      ),
      listed as materialized (
        select c.*, m.user_id, m.folder, m.muted_until, m.last_read_seq, m.last_delivered_seq,
               greatest(m.activity_at, c.last_message_at) as active_at
          from chat.chat_members m
         cross join lateral (select x.* from chat.chats x where x.id = m.chat_id limit 1) c
         where m.user_id = ${userId} and m.folder = ${folder}
           and m.activity_at <= ${before}
           and m.activity_at > (select floor.activity_at from floor) - chat.raise_window()
           and ${beyond}
         order by active_at desc, m.chat_id desc
         limit ${limit}
      )
      select l.id, l.type as "chatType", l.name, l.buyer_id as "buyerId", l.seller_id as "sellerId",
             context.product_id as "productId", l.last_seq as "lastSeq", l.last_rev as rev, l.created_at as "createdAt",
             l.closed_at as "closedAt",
             l.folder, coalesce(l.muted_until > now(), false) as muted,
             case when l.muted_until > now() then nullif(l.muted_until, 'infinity') end as "mutedUntil",
             l.last_read_seq as "lastReadSeq", l.last_delivered_seq as "lastDeliveredSeq",
             l.active_at as "activityAt", (extract(epoch from l.active_at) * 1000000)::bigint::text as "activityMicros",
             message.id as "messageId", message.seq as "messageSeq", message.rev as "messageRev",
             message.sender_id as "senderId", message.type as "messageType", message.text,
             message.system, message.attachments, message.reply_to as "replyTo", message.reactions,
             message.product_id as "messageProductId", message.client_message_id as "clientMessageId",
             message.created_at as "sentAt", message.edited_at as "editedAt", message.deleted_at as "deletedAt",
             peer.user_id as "peerId", peer.role as "peerRole", peer.last_read_seq as "peerReadSeq",
             peer.last_delivered_seq as "peerDeliveredSeq",
             peer.blocks_peer or coalesce(
               (select x.invisible from chat.user_presence x where x.user_id = peer.user_id), false
             ) as "peerHidden",
             p.user_id as "profileOf", p.username, p.first_name as "firstName", p.last_name as "lastName",
             p.avatar_url as "avatarUrl", p.role as "marketplaceRole"
        from listed l
        left join lateral (
          select x.* from chat.messages x where x.chat_id = l.id and x.seq = l.last_seq limit 1
        ) message on true
        left join lateral (
          select x.*
            from chat.chat_members x
           where l.type = 'direct'
             and x.chat_id = l.id
             and x.user_id = case when l.buyer_id = l.user_id then l.seller_id else l.buyer_id end
           limit 1
        ) peer on true
        left join lateral (select x.* from chat.user_profiles x where x.user_id = peer.user_id limit 1) p on true
        left join lateral (select x.product_id from chat.chat_context x where x.chat_id = l.id limit 1) context on true
       order by l.active_at desc, l.id desc`.execute(this.db);
    return rows.map(toInboxRow);
  }

  /**
   * What is unread in a user's inbox, without muted chats. Reads only the chats that may have something unread.
   *
   * @returns also how many of those turned out to be read, and may be {@link settle}d
   */
  async unread(userId: string): Promise<{ unreadCount: number; unreadChats: number; settleable: number }> {
    const { rows } = await sql<{ unreadCount: number; unreadChats: number; settleable: number }>`
      select coalesce(sum(c.last_seq - m.last_read_seq) filter (where unread.heard), 0)::integer as "unreadCount",
             (count(*) filter (where unread.heard))::integer as "unreadChats",
             (count(*) filter (where c.last_seq <= m.last_read_seq and c.raised_at <= now() - chat.raise_window()))::integer
               as settleable
        from chat.chat_members m
       cross join lateral (select x.last_seq, x.raised_at from chat.chats x where x.id = m.chat_id limit 1) c
       cross join lateral (
         select c.last_seq > m.last_read_seq and coalesce(m.muted_until <= now(), true) as heard
       ) unread
       where m.user_id = ${userId} and m.maybe_unread and m.folder = 'inbox'`.execute(this.db);
    return rows[0] ?? { unreadCount: 0, unreadChats: 0, settleable: 0 };
  }

  /**
   * Notes of chats that they are read, so that counting need not look at them again.
   *
   * Decided under the chat's lock: no message can come in between, and the next one raises the chat, which takes the note
   * back. Never waits: what somebody else has locked is left for another time.
   *
   * @returns how many were noted, at most `limit`
   */
  async settle(userId: string, limit: number): Promise<number> {
    const { rows } = await sql<{ settled: number }>`
      with read as materialized (
        select m.chat_id
          from chat.chat_members m
         cross join lateral (select x.last_seq, x.raised_at from chat.chats x where x.id = m.chat_id limit 1) c
         where m.user_id = ${userId} and m.maybe_unread and m.folder = 'inbox'
           and c.last_seq <= m.last_read_seq
           and c.raised_at <= clock_timestamp() - chat.raise_window()
         limit ${limit}
      ),
      locked as materialized (
        select c.id, c.last_seq
          from chat.chats c
         where c.id = any (array(select read.chat_id from read))
           and c.raised_at <= clock_timestamp() - chat.raise_window()
           for no key update skip locked
      ),
      mine as materialized (
        select m.chat_id
          from locked
          join chat.chat_members m on m.chat_id = locked.id and m.user_id = ${userId}
         where m.last_read_seq >= locked.last_seq
           for update of m skip locked
      ),
      settled as (
        update chat.chat_members m
           set maybe_unread = false
          from mine
         where m.chat_id = mine.chat_id and m.user_id = ${userId}
        returning m.chat_id
      )
      select count(*)::integer as settled from settled`.execute(this.db);
    return rows[0]?.settled ?? 0;
  }
}

function toInboxRow(row: PageRow): InboxRow {
  const { id, activityAt, activityMicros, lastReadSeq, lastDeliveredSeq, folder, muted, mutedUntil } = row;
  const { name, buyerId, sellerId, productId, lastSeq, rev, createdAt, closedAt } = row;
  return {
    chat: { id, type: row.chatType, name, buyerId, sellerId, productId, lastSeq, rev, createdAt, closedAt },
    peer: toPeer(row),
    lastMessage: toLastMessage(row),
    activityAt,
    position: { activityMicros, chatId: id },
    marks: { lastReadSeq, lastDeliveredSeq },
    settings: { folder, muted, mutedUntil },
  };
}

function toPeer(row: PageRow): InboxRow['peer'] {
  if (row.peerId === null) {
    return null;
  }
  return {
    userId: row.peerId,
    role: row.peerRole,
    lastReadSeq: row.peerReadSeq,
    lastDeliveredSeq: row.peerDeliveredSeq,
    profile: joinedProfile(row),
    presenceHidden: row.peerHidden,
  };
}

function toLastMessage(row: PageRow): StoredMessage | null {
  if (row.messageId === null) {
    return null;
  }
  const { senderId, text, system, attachments, replyTo, reactions, clientMessageId, editedAt, deletedAt } = row;
  return {
    id: row.messageId,
    chatId: row.id,
    seq: row.messageSeq,
    rev: row.messageRev,
    senderId,
    type: row.messageType,
    text,
    system,
    attachments,
    replyTo,
    reactions,
    productId: row.messageProductId,
    clientMessageId,
    createdAt: row.sentAt,
    editedAt,
    deletedAt,
  };
}
