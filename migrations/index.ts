import type { Migration } from 'kysely/migration';
import * as chats from './0001_chats.js';
import * as messages from './0002_messages.js';
import * as appendMessages from './0003_append_messages.js';
import * as messagesByRev from './0004_messages_by_rev.js';
import * as messagesById from './0005_messages_by_id.js';
import * as messageEdits from './0006_message_edits.js';
import * as appendInOnePass from './0007_append_in_one_pass.js';
import * as chatsByProduct from './0008_chats_by_product.js';
import * as inbox from './0009_inbox.js';
import * as userProfiles from './0010_user_profiles.js';
import * as messageContents from './0011_message_contents.js';
import * as messageReactions from './0012_message_reactions.js';
import * as groups from './0013_groups.js';
import * as formerMembers from './0014_former_members.js';
import * as systemMessages from './0015_system_messages.js';
import * as appendForFeatures from './0016_append_for_features.js';
import * as blocks from './0017_blocks.js';
import * as reports from './0018_reports.js';
import * as userPresence from './0019_user_presence.js';
import * as messageSearch from './0020_message_search.js';
import * as appendHeedsBlocks from './0021_append_heeds_blocks.js';
import * as closedChats from './0022_closed_chats.js';
import * as formerMembersByUser from './0023_former_members_by_user.js';
import * as appendHeedsClosing from './0024_append_heeds_closing.js';
import * as chatNumbers from './0025_chat_numbers.js';
import * as productOfClosedChats from './0026_product_of_closed_chats.js';
import * as lastSeenByTheBlocked from './0027_last_seen_by_the_blocked.js';
import * as appendForgesNoReceipt from './0028_append_forges_no_receipt.js';

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
  '0008_chats_by_product': chatsByProduct,
  '0009_inbox': inbox,
  '0010_user_profiles': userProfiles,
  '0011_message_contents': messageContents,
  '0012_message_reactions': messageReactions,
  '0013_groups': groups,
  '0014_former_members': formerMembers,
  '0015_system_messages': systemMessages,
  '0016_append_for_features': appendForFeatures,
  '0017_blocks': blocks,
  '0018_reports': reports,
  '0019_user_presence': userPresence,
  '0020_message_search': messageSearch,
  '0021_append_heeds_blocks': appendHeedsBlocks,
  '0022_closed_chats': closedChats,
  '0023_former_members_by_user': formerMembersByUser,
  '0024_append_heeds_closing': appendHeedsClosing,
  '0025_chat_numbers': chatNumbers,
  '0026_product_of_closed_chats': productOfClosedChats,
  '0027_last_seen_by_the_blocked': lastSeenByTheBlocked,
  '0028_append_forges_no_receipt': appendForgesNoReceipt,
};
