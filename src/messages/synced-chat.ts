import type { SyncedChat } from '../contract/index.js';
import { toWireMessage } from './message.js';
import type { ChangedChat, Cursor } from './messages.repository.js';

/** Never a partial answer that looks whole: a cursor that cannot be continued from says so. */
export function toSyncedChat({ chatId, rev }: Cursor, chat: ChangedChat | undefined): SyncedChat {
  if (chat === undefined || rev > chat.lastRev) {
    return { chatId, resync: true, rev: 0, hasMore: false, closedAt: null, messages: [] };
  }
  const { lastRev, closedAt, changes, complete } = chat;
  return {
    chatId,
    resync: false,
    rev: complete ? lastRev : (changes.at(-1)?.rev ?? rev),
    hasMore: !complete,
    closedAt: closedAt?.toISOString() ?? null,
    messages: changes.map(toWireMessage),
  };
}
