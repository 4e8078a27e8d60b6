import type { ColumnType, Generated } from 'kysely';

/** A column the database fills in: readable always, never written by this service after the insert. */
type CreatedAt = ColumnType<Date, Date | undefined, never>;

export interface ChatsTable {
  id: string;
  type: 'direct';
  buyer_id: string;
  seller_id: string;
  last_seq: Generated<number>;
  last_rev: Generated<number>;
  members_version: Generated<number>;
  created_at: CreatedAt;
}

export interface ChatMembersTable {
  chat_id: string;
  user_id: string;
  role: 'buyer' | 'seller';
  last_read_seq: Generated<number>;
  last_delivered_seq: Generated<number>;
  joined_at: CreatedAt;
}

export interface MessagesTable {
  chat_id: string;
  seq: number;
  rev: number;
  id: string;
  sender_id: string;
  type: 'text';
  text: string;
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
  editor_id: string;
  replaced_at: CreatedAt;
}

export interface ChatContextTable {
  chat_id: string;
  product_id: string;
  updated_at: ColumnType<Date, Date | undefined, Date>;
}

/** Schema `chat` as the migrations leave it. */
export interface Schema {
  'chat.chats': ChatsTable;
  'chat.chat_members': ChatMembersTable;
  'chat.messages': MessagesTable;
  'chat.message_edits': MessageEditsTable;
  'chat.chat_context': ChatContextTable;
}
