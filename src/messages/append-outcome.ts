import type { MessageDraft, StoredMessage } from './message.js';

/** What became of a draft. `members_version` and the product are as of the write. */
export type AppendOutcome =
  | { kind: 'stored'; message: StoredMessage; membersVersion: number; productChanged: boolean }
  /** The sender's key names this message already; nothing was written. */
  | { kind: 'duplicate'; message: StoredMessage }
  /** The sender is no member of the chat, or there is no such chat. */
  | { kind: 'refused' }
  /** The chat is direct, and its other member or the sender has blocked the other. */
  | { kind: 'blocked'; by: 'you' | 'other' }
  /** The marketplace has closed the chat. */
  | { kind: 'closed' }
  /** The chat has no message of the id that the draft answers. */
  | { kind: 'unanswerable' };

/** A row that `chat.append_messages` returns, the columns that are read. */
export interface OutcomeRow {
  outcome: 'stored' | 'duplicate' | 'repeated' | 'refused' | 'blocked' | 'blocking' | 'closed' | 'unanswerable';
  leader: number;
  id: string;
  seq: number;
  rev: number;
  created_at: Date;
  members_version: number;
  product_changed: boolean;
}

/**
 * @param originals the messages that duplicates repeat, as they stand now, by id
 * @param earlier the outcomes of the drafts before this one
 */
export function toOutcome(
  draft: MessageDraft,
  row: OutcomeRow,
  originals: ReadonlyMap<string, StoredMessage>,
  earlier: readonly AppendOutcome[],
): AppendOutcome {
  switch (row.outcome) {
    case 'refused':
    case 'closed':
    case 'unanswerable':
      return { kind: row.outcome };
    case 'blocked':
      return { kind: 'blocked', by: 'other' };
    case 'blocking':
      return { kind: 'blocked', by: 'you' };
    case 'repeated':
      return repeatOf(earlier[row.leader - 1]);
    case 'stored':
      return stored(fresh(draft, row), row, row.product_changed);
    case 'duplicate': {
      const message = originals.get(row.id);
      if (message === undefined) {
        throw new Error('unable to append messages; a message that was sent before is gone');
      }
      // The draft's own id: an earlier try of this very write was committed, and only its answer was lost. Whether it
      // changed the product was lost with it, and telling so needlessly does less harm than never telling.
      return row.id === draft.id ? stored(message, row, draft.productId !== null) : { kind: 'duplicate', message };
    }
  }
}

/** Two drafts of a batch under one key: the later one shares the fate of the first. */
function repeatOf(leader: AppendOutcome | undefined): AppendOutcome {
  // Who is refused or blocked is so in each draft of a batch, and so is everybody in a closed chat: none of them counts as a repeat.
  if (leader === undefined || leader.kind === 'refused' || leader.kind === 'blocked' || leader.kind === 'closed') {
    throw new Error('unable to append messages; a repeat refers to no earlier row of its batch');
  }
  return leader.kind === 'unanswerable' ? leader : { kind: 'duplicate', message: leader.message };
}

function fresh(draft: MessageDraft, row: OutcomeRow): StoredMessage {
  return {
    ...draft,
    seq: row.seq,
    rev: row.rev,
    reactions: null,
    createdAt: row.created_at,
    editedAt: null,
    deletedAt: null,
  };
}

function stored(message: StoredMessage, row: OutcomeRow, productChanged: boolean): AppendOutcome {
  return { kind: 'stored', message, membersVersion: row.members_version, productChanged };
}
