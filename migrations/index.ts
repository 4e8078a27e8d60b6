import type { Migration } from 'kysely/migration';
import * as chats from './0001_chats.js';
import * as messages from './0002_messages.js';
import * as appendMessages from './0003_append_messages.js';
import * as messagesByRev from './0004_messages_by_rev.js';
import * as messagesById from './0005_messages_by_id.js';
import * as messageEdits from './0006_message_edits.js';
import * as appendInOnePass from './0007_append_in_one_pass.js';

/**
 * Every migration in order. Listed by hand, so that the compiled service needs no directory scan and a file that is
 * not listed cannot run by accident. A released migration is never edited.
 */
export const migrations: Record<string, Migration> = {
  '0001_chats': chats,
  '0002_messages': messages,
  '0003_append_messages': appendMessages,
  '0004_messages_by_rev': messagesByRev,
  '0005_messages_by_id': messagesById,
  '0006_message_edits': messageEdits,
  '0007_append_in_one_pass': appendInOnePass,
};
