import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Profile } from '../contract/index.js';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/open-database.js';
import { type JoinedProfile, joinedProfile, profileColumns } from '../profiles/profile.js';
import type { MemberRow } from './member.js';

/**
 * How long events go past a removed member. Every instance takes his sockets out of the chat within seconds; one that
 * could reach neither Redis nor the database has this long to come back.
 */
const REMOVED_HOURS = 1;

/** The members of a chat as of a version, and the users who were removed from it of late. */
export interface ChatMembers {
  type: 'direct' | 'group';
  version: number;
  userIds: readonly string[];
  removed: readonly string[];
}

/** What a member may do in a chat. */
export interface Standing {
  /** In a direct chat: the other member has blocked this one. */
  blockedByPeer: boolean;
  /** In a direct chat: this member has blocked the other. */
  blocksPeer: boolean;
}

/** Who was removed from a chat, and by whom. */
export interface Removal {
  chatId: string;
  userId: string;
  removedBy: string;
}

/** Somebody who is to be notified of a message in a chat, and who wrote it. */
export interface Receiver {
  chatId: string;
  userId: string;
  senderId: string;
}

/** What a notification says beside the message. */
export interface ReceiverState extends Receiver {
  lastReadSeq: number;
  muted: boolean;
  senderProfile: Profile | null;
}

/**
 * Those of the candidates who have blocked a user. Until the transaction ends, blocks of those pairs are neither set nor
 * taken back, so it comes before any chat's lock, as in the setting of a block, and pairs are locked in one order.
 */
export async function blockersOf(userId: string, candidates: readonly string[], db: Database): Promise<string[]> {
  const { rows } = await sql<{ userId: string }>`
    with candidate as materialized (
      select asked.user_id
        from (select distinct unnest(${[...candidates]}::text[]) as user_id) asked
       where asked.user_id <> ${userId}
       order by chat.pair_lock_key(asked.user_id, ${userId})
    )
    select user_id as "userId" from candidate where chat.block_stands(user_id, ${userId})`.execute(db);
  return rows.map((row) => row.userId);
}

/** For queries over `chat.chat_members as m`. A mute that has passed is none, and one without an end has no date. */
export const settingColumns = [
  'm.folder',
  sql<boolean>`coalesce(m.muted_until > now(), false)`.as('muted'),
  sql<Date | null>`case when m.muted_until > now() then nullif(m.muted_until, 'infinity') end`.as('mutedUntil'),
] as const;

@Injectable()
export class MembersRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  async isMember(chatId: string, userId: string): Promise<boolean> {
    return (await this.standing(chatId, userId)) !== undefined;
  }

  /** `undefined` for who is no member. */
  async standing(chatId: string, userId: string): Promise<Standing | undefined> {
    return await this.db
      .selectFrom('chat.chat_members')
      .select(['blocked_by_peer as blockedByPeer', 'blocks_peer as blocksPeer'])
      .where('chat_id', '=', chatId)
      .where('user_id', '=', userId)
      .executeTakeFirst();
  }

  /** Whether the marketplace has closed a chat; `false` for one that does not exist. */
  async isClosed(chatId: string): Promise<boolean> {
    const row = await this.db.selectFrom('chat.chats').select('closed_at').where('id', '=', chatId).executeTakeFirst();
    return row !== undefined && row.closed_at !== null;
  }

  /** Ids of the chats that a user is or was in, in their order, from the first behind `afterId` on. */
  async chatIdsOf(userId: string, afterId: string, limit: number): Promise<string[]> {
    const { rows } = await sql<{ chatId: string }>`
      (select m.chat_id as "chatId" from chat.chat_members m where m.user_id = ${userId} and m.chat_id > ${afterId})
      union
      (select f.chat_id from chat.former_members f where f.user_id = ${userId} and f.chat_id > ${afterId})
      order by 1
      limit ${limit}`.execute(this.db);
    return rows.map(({ chatId }) => chatId);
  }

  /**
   * The members of a chat, the longest-standing first. Their presence is looked up by key for each: written as a join or an
   * `exists`, the planner would sometimes read the whole of both tables for it.
   *
   * @param viewerId whose eyes they are for
   */
  async list(chatId: string, viewerId: string): Promise<MemberRow[]> {
    const rows = await this.db
      .selectFrom('chat.chat_members as m')
      .leftJoin('chat.user_profiles as p', 'p.user_id', 'm.user_id')
      .select(['m.user_id as userId', 'm.role', 'm.last_read_seq as lastReadSeq'])
      .select(['m.last_delivered_seq as lastDeliveredSeq', ...settingColumns])
      .select(profileColumns)
      .select(
        sql<boolean>`
          coalesce((select u.invisible from chat.user_presence u where u.user_id = m.user_id), false)
          or (select b.blocker_id from chat.blocks b where b.blocker_id = m.user_id and b.blocked_id = ${viewerId}) is not null`.as(
          'presenceHidden',
        ),
      )
      .where('m.chat_id', '=', chatId)
      .orderBy('m.joined_at')
      .orderBy('m.user_id')
      .execute();
    return rows.map((row) => ({ ...row, profile: joinedProfile(row) }));
  }

  /**
   * For each chat its members, and who was removed of late. One statement, so one snapshot: the ids are those of the version.
   * Chats that do not exist are absent from the result.
   */
  async membersOf(chatIds: readonly string[], db: Database = this.db): Promise<Map<string, ChatMembers>> {
    const { rows } = await sql<ChatMembers & { chatId: string }>`
      select c.id as "chatId", c.type, c.members_version as version,
             array(select m.user_id from chat.chat_members m where m.chat_id = c.id) as "userIds",
             array(
               select f.user_id
                 from chat.former_members f
                where f.chat_id = c.id and f.removed_at > clock_timestamp() - make_interval(hours => ${REMOVED_HOURS})
             ) as removed
        from chat.chats c
       where c.id = any(${[...chatIds]}::uuid[])`.execute(db);
    return new Map(rows.map(({ chatId, ...members }) => [chatId, members]));
  }

  /** Every removal, in any chat, that is not older than `ageMs` milliseconds. One range of an index. */
  async removedWithin(ageMs: number): Promise<Removal[]> {
    const { rows } = await sql<Removal>`
      select chat_id as "chatId", user_id as "userId", removed_by as "removedBy"
        from chat.former_members
       where removed_at > clock_timestamp() - make_interval(secs => ${ageMs / 1_000})`.execute(this.db);
    return rows;
  }

  /**
   * What those who are notified have read and muted, and the sender's profile: two index look-ups for each. Written as
   * look-ups, because the planner takes every list for a hundred rows and would rather read all members for a join.
   * Who is no member (any more) is absent from the result.
   */
  async receiverStates(receivers: readonly Receiver[]): Promise<ReceiverState[]> {
    const { rows } = await sql<Receiver & { lastReadSeq: number; muted: boolean } & JoinedProfile>`
      select wanted."chatId", wanted."userId", wanted."senderId", member.*, sender.*
        from jsonb_to_recordset(${JSON.stringify(receivers)}::jsonb)
               as wanted ("chatId" uuid, "userId" text, "senderId" text)
       cross join lateral (
         select m.last_read_seq as "lastReadSeq", coalesce(m.muted_until > now(), false) as muted
           from chat.chat_members m
          where m.chat_id = wanted."chatId" and m.user_id = wanted."userId"
          limit 1
       ) member
        left join lateral (
         select p.user_id as "profileOf", p.username, p.first_name as "firstName", p.last_name as "lastName",
                p.avatar_url as "avatarUrl", p.role as "marketplaceRole"
           from chat.user_profiles p
          where p.user_id = wanted."senderId"
          limit 1
       ) sender on true`.execute(this.db);
    return rows.map(({ chatId, userId, senderId, lastReadSeq, muted, ...sender }) => ({
      chatId,
      userId,
      senderId,
      lastReadSeq,
      muted,
      senderProfile: joinedProfile(sender),
    }));
  }
}
