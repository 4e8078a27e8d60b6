import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/open-database.js';
import type { MessageDraft, StoredMessage } from './message.js';

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
    const { rows } = await sql<OutcomeRow>`
      select outcome, leader, id, seq, rev, created_at, members_version, product_changed, text, product_id, edited_at, deleted_at
        from chat.append_messages(${JSON.stringify(drafts)}::jsonb)`.execute(this.db);
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
