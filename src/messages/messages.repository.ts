import { Inject, Injectable } from '@nestjs/common';
import { CompiledQuery, sql } from 'kysely';
import { DATABASE } from '../database/database.module.js';
import { type Database, ping } from '../database/open-database.js';
import type { Standing } from '../members/members.repository.js';
import { type AppendOutcome, type OutcomeRow, toOutcome } from './append-outcome.js';
import type { MessageDraft, StoredMessage } from './message.js';
import type { MessageChange } from './message-changes.js';

export interface PageRequest {
  beforeSeq?: number | undefined;
  afterSeq?: number | undefined;
  limit: number;
}

/** Who would change a message. */
export interface Editor extends Standing {
  role: string;
}

/** What a change of a message depends on beside the message. */
export interface ChatUnderLock {
  /** `null` for who is no member, or none any more. */
  editor: Editor | null;
  /** Whether the marketplace has closed the chat. */
  closed: boolean;
}

/** A client's position in a chat. */
export interface Cursor {
  chatId: string;
  rev: number;
}

/** A chat as seen from a cursor: its present rev, and what changed after the cursor, oldest change first. */
export interface ChangedChat {
  lastRev: number;
  closedAt: Date | null;
  changes: StoredMessage[];
  /** Whether `changes` goes up to `lastRev`. */
  complete: boolean;
}

/** A message as it is read by everybody. */
export const columns = [
  'id',
  'chat_id as chatId',
  'seq',
  'rev',
  'sender_id as senderId',
  'type',
  'text',
  'system',
  'attachments',
  'reply_to as replyTo',
  'reactions',
  'product_id as productId',
  'client_message_id as clientMessageId',
  'created_at as createdAt',
  'edited_at as editedAt',
  'deleted_at as deletedAt',
] as const;

/** As text, because to compile a statement anew for each batch costs more than to run a small one. */
const APPEND = `
  select outcome, leader, id, seq, rev, created_at, members_version, product_changed
    from chat.append_messages($1::jsonb)`;

/** The columns of a {@link StoredMessage} in `alias`, a row of `chat.messages`, for a statement that is written out. */
export function columnsOf(alias: string) {
  return sql.raw(columns.map((column) => `${alias}.${column.replace(/ as (\w+)$/, ' as "$1"')}`).join(', '));
}

const COLUMNS_OF_MESSAGE = columnsOf('m');
const COLUMNS_OF_CHANGE = columnsOf('change');

@Injectable()
export class MessagesRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Stores a batch in one transaction and one round trip; the guarantees stand above `chat.append_messages`. Only where
   * messages were sent before, a second statement reads what became of them.
   * May be repeated without harm after any failure: what was committed comes back as its own first outcome.
   *
   * @param db the transaction that the messages are a part of; else one of their own
   * @returns one outcome for each draft, in the order of the drafts
   */
  async append(drafts: readonly MessageDraft[], db: Database = this.db): Promise<AppendOutcome[]> {
    const { rows } = await db.executeQuery<OutcomeRow>(CompiledQuery.raw(APPEND, [JSON.stringify(drafts)]));
    const originals = await originalsOf(drafts, rows, db);
    const outcomes: AppendOutcome[] = [];
    for (const [index, draft] of drafts.entries()) {
      const row = rows[index];
      if (row === undefined) {
        throw new Error('unable to append messages; the database answered for fewer rows than it was given');
      }
      outcomes.push(toOutcome(draft, row, originals, outcomes));
    }
    return outcomes;
  }

  /**
   * Changes one message and gives it the chat's next rev, in one transaction under the chat's lock: what `judge` sees is
   * what it changes, and no other writer of the chat comes between. What the message said before is kept.
   *
   * @param editorId the member who changes it; empty for the marketplace
   * @param judge decides on the message and its chat as they stand under the lock; what it throws undoes everything
   * @returns the message after the change, whether it changed, and the version of the chat's members; `undefined` where the
   * chat has no such message
   */
  async change(
    { chatId, messageId, editorId }: { chatId: string; messageId: string; editorId: string },
    judge: (message: StoredMessage, chat: ChatUnderLock) => MessageChange,
  ): Promise<{ message: StoredMessage; changed: boolean; membersVersion: number } | undefined> {
    return await this.db.transaction().execute(async (transaction) => {
      const chat = await transaction
        .selectFrom('chat.chats')
        .select(['last_rev', 'members_version as membersVersion', 'closed_at'])
        .where('id', '=', chatId)
        .forNoKeyUpdate()
        .executeTakeFirst();
      const found = await transaction
        .selectFrom('chat.messages')
        .select(columns)
        .select(({ selectFrom }) =>
          selectFrom('chat.chat_members as editor')
            .select(
              sql<Editor>`jsonb_build_object(
                'role', editor.role, 'blockedByPeer', editor.blocked_by_peer, 'blocksPeer', editor.blocks_peer
              )`.as('standing'),
            )
            .where('editor.chat_id', '=', chatId)
            .where('editor.user_id', '=', editorId)
            .as('editor'),
        )
        .where('chat_id', '=', chatId)
        .where('id', '=', messageId)
        .executeTakeFirst();
      if (chat === undefined || found === undefined) {
        return undefined;
      }
      const { membersVersion } = chat;
      const { editor, ...message } = found;
      const change = judge(message, { editor, closed: chat.closed_at !== null });
      if (change === null) {
        return { message, changed: false, membersVersion };
      }
      if (change.kind !== 'react') {
        await transaction
          .insertInto('chat.message_edits')
          .values({
            chat_id: chatId,
            message_id: messageId,
            rev: message.rev,
            text: message.text,
            attachments: asJson(message.attachments),
            editor_id: editorId,
          })
          .execute();
      }
      const rev = chat.last_rev + 1;
      await transaction.updateTable('chat.chats').set({ last_rev: rev }).where('id', '=', chatId).execute();
      const changed = await transaction
        .updateTable('chat.messages')
        .set({ rev, ...columnsOfChange(change) })
        .where('chat_id', '=', chatId)
        .where('seq', '=', message.seq)
        .returning(columns)
        .executeTakeFirstOrThrow();
      return { message: changed, changed: true, membersVersion };
    });
  }

  /** Resolves when the database answers. */
  async probe(): Promise<void> {
    await ping(this.db);
  }

  /**
   * A message as it stands now.
   *
   * @param readerId a user who sees nothing where he is no member as of this very read, as in {@link page}
   */
  async find(chatId: string, messageId: string, readerId: string | null = null): Promise<StoredMessage | undefined> {
    return await this.db
      .selectFrom('chat.messages')
      .select(columns)
      .where('chat_id', '=', chatId)
      .where('id', '=', messageId)
      .$if(readerId !== null, (messages) => messages.where(isMember(chatId, readerId ?? '')))
      .executeTakeFirst();
  }

  /**
   * One page by `seq`, oldest first, with one row more than asked for where there is more. One index range.
   *
   * @param readerId a user who sees nothing where he is no member as of this very read, whatever was checked before it
   */
  async page(
    chatId: string,
    { beforeSeq, afterSeq, limit }: PageRequest,
    readerId: string | null = null,
  ): Promise<StoredMessage[]> {
    const query = this.db
      .selectFrom('chat.messages')
      .select(columns)
      .where('chat_id', '=', chatId)
      .$if(readerId !== null, (messages) => messages.where(isMember(chatId, readerId ?? '')))
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
    const { rows } = await sql<StoredMessage & { place: number; lastRev: number; closedAt: Date | null }>`
      with head as materialized (
        select cursor.place::integer, c.id as chat_id, c.last_rev, c.closed_at, cursor.rev
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
      select head.place, head.last_rev as "lastRev", head.closed_at as "closedAt",
             ${COLUMNS_OF_CHANGE}
        from head
        left join change on change.place = head.place
       order by head.place, change.rev`.execute(this.db);
    const chats = new Map<number, Omit<ChangedChat, 'complete'> & { changes: StoredMessage[] }>();
    let found = 0;
    for (const { place, lastRev, closedAt, ...message } of rows) {
      const chat = chats.get(place) ?? { lastRev, closedAt, changes: [] };
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

/** Costs one look-up by key for a whole statement: it depends on none of its rows. */
function isMember(chatId: string, userId: string) {
  return sql<boolean>`exists (select 1 from chat.chat_members m where m.chat_id = ${chatId} and m.user_id = ${userId})`;
}

const NO_ORIGINALS: ReadonlyMap<string, StoredMessage> = new Map();

/** The messages that rows report as sent before, by id: one index look-up for each. Asks nothing where there are none. */
async function originalsOf(
  drafts: readonly MessageDraft[],
  rows: readonly OutcomeRow[],
  db: Database,
): Promise<ReadonlyMap<string, StoredMessage>> {
  if (!rows.some(({ outcome }) => outcome === 'duplicate')) {
    return NO_ORIGINALS;
  }
  const wanted = rows.flatMap(({ outcome, id }, index) =>
    outcome === 'duplicate' ? [{ chatId: drafts[index]?.chatId, id }] : [],
  );
  const { rows: originals } = await sql<StoredMessage>`
    select ${COLUMNS_OF_MESSAGE}
      from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as wanted ("chatId" uuid, id uuid)
     cross join lateral (
       select x.* from chat.messages x where x.chat_id = wanted."chatId" and x.id = wanted.id limit 1
     ) m`.execute(db);
  return new Map(originals.map((message) => [message.id, message]));
}

function columnsOfChange(change: NonNullable<MessageChange>) {
  switch (change.kind) {
    case 'edit':
      return { text: change.text, edited_at: sql<Date>`clock_timestamp()` };
    case 'delete':
      return { text: '', system: null, attachments: null, reactions: null, deleted_at: sql<Date>`clock_timestamp()` };
    case 'react':
      return { reactions: asJson(change.reactions) };
  }
}

/** As text: the driver would make a list of the database out of a list. */
function asJson(value: readonly unknown[] | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
