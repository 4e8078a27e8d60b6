import type { SyncedChat } from '../contract/index.js';
import { toWireMessage } from './message.js';
import type { ChangedChat, Cursor } from './messages.repository.js';

/** Never a partial answer that looks whole: a cursor that cannot be continued from says so. */
export function toSyncedChat({ chatId, rev }: Cursor, chat: ChangedChat | undefined): SyncedChat {
  if (chat === undefined || rev > chat.lastRev) {
    return { chatId, resync: true, rev: 0, hasMore: false, messages: [] };
  }
  const { lastRev, changes, complete } = chat;
  return {
    chatId,
    resync: false,
    rev: complete ? lastRev : (changes.at(-1)?.rev ?? rev),
    hasMore: !complete,
    messages: changes.map(toWireMessage),
  };
}
