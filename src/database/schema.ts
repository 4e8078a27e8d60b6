import type { ColumnType, Generated } from 'kysely';
import type { Attachment, GroupRole, MessageType, SystemNotice } from '../contract/index.js';

/** A column the database fills in: readable always, never written by this service after the insert. */
type CreatedAt = ColumnType<Date, Date | undefined, never>;

/** A jsonb column: written as text, read parsed. */
type Json<T> = ColumnType<T | null, string | null | undefined, string | null>;

export interface ChatsTable {
  id: string;
  type: 'direct' | 'group';
  name: string | null;
  buyer_id: string | null;
  seller_id: string | null;
  last_seq: Generated<number>;
  last_rev: Generated<number>;
  members_version: Generated<number>;
  /** The product the chat was opened for where chats are keyed by product, else empty. */
  key_product_id: Generated<string>;
  /** Null until somebody writes; in chats from before the inbox, until somebody writes again. */
  last_message_at: Date | null;
  /** When a message last raised the members' `activity_at`; `-infinity` where the next one will. */
  raised_at: Generated<Date>;
  created_at: CreatedAt;
  closed_at: ColumnType<Date | null, never, Date | null>;
}

/** Where a member keeps a chat. */
export type Folder = 'inbox' | 'archive' | 'hidden';

export interface ChatMembersTable {
  chat_id: string;
  user_id: string;
  role: 'buyer' | 'seller' | GroupRole;
  last_read_seq: Generated<number>;
  last_delivered_seq: Generated<number>;
  /** Never later than the chat's activity, and less than `chat.raise_window()` earlier. */
  activity_at: Generated<Date>;
  folder: Generated<Folder>;
  /** `infinity` where the chat is muted for good. */
  muted_until: Date | null;
  /** False only where everything is read. */
  maybe_unread: Generated<boolean>;
  /** In a direct chat: the other member has blocked this one. */
  blocked_by_peer: Generated<boolean>;
  /** In a direct chat: this member has blocked the other. */
  blocks_peer: Generated<boolean>;
  joined_at: CreatedAt;
}

export interface FormerMembersTable {
  chat_id: string;
  user_id: string;
  removed_by: string;
  removed_at: CreatedAt;
}

export interface GroupKeysTable {
  creator_id: string;
  client_chat_id: string;
  chat_id: string;
}

export interface MessagesTable {
  chat_id: string;
  seq: number;
  rev: number;
  id: string;
  /** Empty where the service itself speaks. */
  sender_id: string;
  type: MessageType;
  text: string;
  system: ColumnType<SystemNotice | null, never, null>;
  attachments: Json<Attachment[]>;
  /** The id of a message of the same chat. */
  reply_to: string | null;
  reactions: Json<{ emoji: string; userIds: string[] }[]>;
  product_id: string | null;
  client_message_id: string;
  created_at: CreatedAt;
  edited_at: Date | null;
  deleted_at: Date | null;
}

export interface MessageEditsTable {
  chat_id: string;
  message_id: string;
  /** The rev of the message that the edit replaced. */
  rev: number;
  text: string;
  attachments: Json<Attachment[]>;
  editor_id: string;
  replaced_at: CreatedAt;
}

export interface ChatContextTable {
  chat_id: string;
  product_id: string;
  updated_at: ColumnType<Date, Date | undefined, Date>;
}

export interface UserProfilesTable {
  user_id: string;
  username: string | null;
  first_name: string | null;
  last_name: string | null;
  avatar_url: string | null;
  role: string | null;
  updated_at: ColumnType<Date, Date | undefined, Date>;
}

export interface BlocksTable {
  blocker_id: string;
  blocked_id: string;
  created_at: CreatedAt;
  last_seen_at: Date | null;
}

export interface ReportsTable {
  chat_id: string;
  message_id: string;
  reporter_id: string;
  author_id: string;
  reason: string;
  comment: string | null;
  /** The message's text and attachments as the reporter saw them. */
  text: string;
  attachments: readonly Attachment[] | null;
  created_at: CreatedAt;
}

export interface UserPresenceTable {
  user_id: string;
  last_seen_at: Date | null;
  invisible: Generated<boolean>;
}

export interface MessageWordsTable {
  chat_id: string;
  seq: number;
  /** The message's rev when its words were taken. */
  rev: number;
  message_id: string;
  /** A tsvector; empty for a deleted message. */
  words: string;
}

export interface SearchPositionsTable {
  chat_id: string;
  config: string;
  rev: number;
}

export interface ChatNumbersTable {
  /** A bigint, which drivers read as text where it may be beyond what a number holds; this one never is. */
  number: ColumnType<string | number, never, never>;
  chat_id: string;
}

/** Schema `chat` as the migrations leave it. */
export interface Schema {
  'chat.chats': ChatsTable;
  'chat.chat_members': ChatMembersTable;
  'chat.former_members': FormerMembersTable;
  'chat.group_keys': GroupKeysTable;
  'chat.messages': MessagesTable;
  'chat.message_edits': MessageEditsTable;
  'chat.chat_context': ChatContextTable;
  'chat.user_profiles': UserProfilesTable;
  'chat.blocks': BlocksTable;
  'chat.reports': ReportsTable;
  'chat.user_presence': UserPresenceTable;
  'chat.message_words': MessageWordsTable;
  'chat.search_positions': SearchPositionsTable;
  'chat.chat_numbers': ChatNumbersTable;
}
