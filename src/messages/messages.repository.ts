import { Inject, Injectable } from '@nestjs/common';
import { CompiledQuery, sql } from 'kysely';
import { DATABASE } from '../database/database.module.js';
import { type Database, ping } from '../database/open-database.js';
import type { MessageDraft, StoredMessage } from './message.js';
import type { MessageChange } from './message-changes.js';

/** What became of a draft. `members_version` and the product are as of the write. */
export type AppendOutcome =
  | { kind: 'stored'; message: StoredMessage; membersVersion: number; productChanged: boolean }
  /** The sender's key names this message already; nothing was written. */
  | { kind: 'duplicate'; message: StoredMessage }
  /** The sender is no member of the chat, or there is no such chat. */
  | { kind: 'refused' };

export interface PageRequest {
  beforeSeq?: number | undefined;
  afterSeq?: number | undefined;
  limit: number;
}

/** A client's position in a chat. */
export interface Cursor {
  chatId: string;
  rev: number;
}

/** A chat as seen from a cursor: its present rev, and what changed after the cursor, oldest change first. */
export interface ChangedChat {
  lastRev: number;
  changes: StoredMessage[];
  /** Whether `changes` goes up to `lastRev`. */
  complete: boolean;
}

interface OutcomeRow {
  outcome: 'stored' | 'duplicate' | 'repeated' | 'refused';
  leader: number;
  id: string;
  seq: number;
  rev: number;
  created_at: Date;
  members_version: number;
  product_changed: boolean;
  text: string;
  product_id: string | null;
  edited_at: Date | null;
  deleted_at: Date | null;
}

const columns = [
  'id',
  'chat_id as chatId',
  'seq',
  'rev',
  'sender_id as senderId',
  'type',
  'text',
  'product_id as productId',
  'client_message_id as clientMessageId',
  'created_at as createdAt',
  'edited_at as editedAt',
  'deleted_at as deletedAt',
] as const;

/** As text, because to compile a statement anew for each batch costs more than to run a small one. */
const APPEND = `
  select outcome, leader, id, seq, rev, created_at, members_version, product_changed, text, product_id, edited_at, deleted_at
    from chat.append_messages($1::jsonb)`;

@Injectable()
export class MessagesRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Stores a batch in one transaction and one round trip; the guarantees stand above `chat.append_messages`.
   * May be repeated without harm after any failure: what was committed comes back as its own first outcome.
   *
   * @returns one outcome for each draft, in the order of the drafts
   */
  async append(drafts: readonly MessageDraft[]): Promise<AppendOutcome[]> {
    const { rows } = await this.db.executeQuery<OutcomeRow>(CompiledQuery.raw(APPEND, [JSON.stringify(drafts)]));
    const outcomes: AppendOutcome[] = [];
    for (const [index, draft] of drafts.entries()) {
      const row = rows[index];
      if (row === undefined) {
        throw new Error('unable to append messages; the database answered for fewer rows than it was given');
      }
      outcomes.push(toOutcome(draft, row, outcomes));
    }
    return outcomes;
  }

  /**
   * Changes one message and gives it the chat's next rev, in one transaction under the chat's lock: what `judge` sees is
   * what it changes, and no other writer of the chat comes between. What the message said before is kept.
   *
   * @param judge decides on the message as it stands; what it throws undoes everything
   * @returns the message after the change and whether it changed; `undefined` where the chat has no such message
   */
  async change(
    { chatId, messageId, editorId }: { chatId: string; messageId: string; editorId: string },
    judge: (message: StoredMessage) => MessageChange,
  ): Promise<{ message: StoredMessage; changed: boolean } | undefined> {
    return await this.db.transaction().execute(async (transaction) => {
      const chat = await transaction
        .selectFrom('chat.chats')
        .select('last_rev')
        .where('id', '=', chatId)
        .forNoKeyUpdate()
        .executeTakeFirst();
      const message = await transaction
        .selectFrom('chat.messages')
        .select(columns)
        .where('chat_id', '=', chatId)
        .where('id', '=', messageId)
        .executeTakeFirst();
      if (chat === undefined || message === undefined) {
        return undefined;
      }
      const change = judge(message);
      if (change === null) {
        return { message, changed: false };
      }
      await transaction
        .insertInto('chat.message_edits')
        .values({ chat_id: chatId, message_id: messageId, rev: message.rev, text: message.text, editor_id: editorId })
        .execute();
      const rev = chat.last_rev + 1;
      await transaction.updateTable('chat.chats').set({ last_rev: rev }).where('id', '=', chatId).execute();
      const changed = await transaction
        .updateTable('chat.messages')
        .set(
          change.kind === 'edit'
            ? { rev, text: change.text, edited_at: sql<Date>`clock_timestamp()` }
            : { rev, text: '', deleted_at: sql<Date>`clock_timestamp()` },
        )
        .where('chat_id', '=', chatId)
        .where('seq', '=', message.seq)
        .returning(columns)
        .executeTakeFirstOrThrow();
      return { message: changed, changed: true };
    });
  }

  /** Resolves when the database answers. */
  async probe(): Promise<void> {
    await ping(this.db);
  }

  /** One page by `seq`, oldest first, with one row more than asked for where there is more. One index range. */
  async page(chatId: string, { beforeSeq, afterSeq, limit }: PageRequest): Promise<StoredMessage[]> {
    const query = this.db
      .selectFrom('chat.messages')
      .select(columns)
      .where('chat_id', '=', chatId)
      .limit(limit + 1);
    if (afterSeq !== undefined) {
      return await query.where('seq', '>', afterSeq).orderBy('seq', 'asc').execute();
    }
    const backwards = beforeSeq === undefined ? query : query.where('seq', '<', beforeSeq);
    return (await backwards.orderBy('seq', 'desc').execute()).reverse();
  }

  /**
   * For each cursor, in the order given: the chat's rev, and up to `perChat` messages that changed after the cursor. A chat
   * that the user is no member of, or that does not exist, is `undefined`. One statement, so one snapshot: revs and
   * messages fit together. What goes beyond `total` messages is left for another call.
   */
  async changesAfter(
    userId: string,
    cursors: readonly Cursor[],
    { perChat, total }: { perChat: number; total: number },
  ): Promise<(ChangedChat | undefined)[]> {
    const { rows } = await sql<StoredMessage & { place: number; lastRev: number }>`
      with head as materialized (
        select cursor.place::integer, c.id as chat_id, c.last_rev, cursor.rev
          from rows from (
            jsonb_to_recordset(${JSON.stringify(cursors)}::jsonb) as ("chatId" uuid, rev integer)
          ) with ordinality as cursor (chat_id, rev, place)
          join chat.chats c on c.id = cursor.chat_id
         where exists (
           select 1 from chat.chat_members m where m.chat_id = cursor.chat_id and m.user_id = ${userId}
         )
      ),
      change as (
        select head.place, found.*
          from head
         cross join lateral (
           select m.*
             from chat.messages m
            where m.chat_id = head.chat_id and m.rev > head.rev
            order by m.rev
            limit ${perChat}
         ) found
         where head.last_rev > head.rev
         order by head.place, found.rev
         limit ${total}
      )
      select head.place, head.last_rev as "lastRev",
             change.id, change.chat_id as "chatId", change.seq, change.rev, change.sender_id as "senderId", change.type,
             change.text, change.product_id as "productId", change.client_message_id as "clientMessageId",
             change.created_at as "createdAt", change.edited_at as "editedAt", change.deleted_at as "deletedAt"
        from head
        left join change on change.place = head.place
       order by head.place, change.rev`.execute(this.db);
    const chats = new Map<number, { lastRev: number; changes: StoredMessage[] }>();
    let found = 0;
    for (const { place, lastRev, ...message } of rows) {
      const chat = chats.get(place) ?? { lastRev, changes: [] };
      chats.set(place, chat);
      // The left join's row for a chat without changes holds nulls.
      if (message.id !== null) {
        chat.changes.push(message);
        found++;
      }
    }
    return cursors.map((cursor, index) => {
      const chat = chats.get(index + 1);
      return (
        chat && {
          ...chat,
          complete: chat.lastRev <= cursor.rev || (chat.changes.length < perChat && found < total),
        }
      );
    });
  }
}

function toOutcome(draft: MessageDraft, row: OutcomeRow, earlier: readonly AppendOutcome[]): AppendOutcome {
  switch (row.outcome) {
    case 'refused':
      return { kind: 'refused' };
    case 'repeated': {
      const leader = earlier[row.leader - 1];
      if (leader === undefined || leader.kind === 'refused') {
        throw new Error('unable to append messages; a repeat refers to no earlier row of its batch');
      }
      return { kind: 'duplicate', message: leader.message };
    }
    case 'stored':
      return stored(draft, row, row.product_changed);
    case 'duplicate':
      // The draft's own id: an earlier try of this very write was committed, and only its answer was lost. Whether it
      // changed the product was lost with it, and telling so needlessly does less harm than never telling.
      return row.id === draft.id
        ? stored(draft, row, draft.productId !== null)
        : { kind: 'duplicate', message: original(draft, row) };
  }
}

function stored(draft: MessageDraft, row: OutcomeRow, productChanged: boolean): AppendOutcome {
  return {
    kind: 'stored',
    message: { ...draft, seq: row.seq, rev: row.rev, createdAt: row.created_at, editedAt: null, deletedAt: null },
    membersVersion: row.members_version,
    productChanged,
  };
}

function original(draft: MessageDraft, row: OutcomeRow): StoredMessage {
  return {
    ...draft,
    id: row.id,
    seq: row.seq,
    rev: row.rev,
    text: row.text,
    productId: row.product_id,
    createdAt: row.created_at,
    editedAt: row.edited_at,
    deletedAt: row.deleted_at,
  };
}
