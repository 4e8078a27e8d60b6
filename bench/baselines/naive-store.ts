import type { Pool, PoolClient } from 'pg';

export interface NaiveMessage {
  id: string;
  chat_id: string;
  seq: string | null;
  sender_id: string;
  text: string;
  client_message_id: string | null;
  created_at: Date;
}

export interface NewMessage {
  chatId: string;
  senderId: string;
  text: string;
  clientMessageId: string | null;
}

/** How the naive gateway writes one message. */
export type InsertMessage = (pool: Pool, message: NewMessage) => Promise<NaiveMessage>;

const INSERT = `
  INSERT INTO naive.messages (chat_id, seq, sender_id, text, client_message_id)
  VALUES ($1, $2, $3, $4, $5) RETURNING *`;

function only<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) {
    throw new Error('unable to store message; the chat is unknown');
  }
  return row;
}

export async function createNaiveSchema(pool: Pool): Promise<void> {
  await pool.query(`
    CREATE SCHEMA naive;
    CREATE TABLE naive.chats (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      last_seq bigint NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE TABLE naive.chat_members (
      chat_id uuid NOT NULL REFERENCES naive.chats,
      user_id text NOT NULL,
      PRIMARY KEY (chat_id, user_id)
    );
    CREATE TABLE naive.messages (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      chat_id uuid NOT NULL REFERENCES naive.chats,
      seq bigint,
      sender_id text NOT NULL,
      text text NOT NULL,
      client_message_id text,
      created_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE INDEX ON naive.messages (chat_id, created_at);
  `);
}

export async function createChat(pool: Pool, userIds: readonly string[]): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `WITH chat AS (INSERT INTO naive.chats DEFAULT VALUES RETURNING id)
     INSERT INTO naive.chat_members (chat_id, user_id) SELECT id, unnest($1::text[]) FROM chat RETURNING chat_id AS id`,
    [userIds],
  );
  return only(rows).id;
}

export async function isMember(pool: Pool, chatId: string, userId: string): Promise<boolean> {
  const { rowCount } = await pool.query('SELECT 1 FROM naive.chat_members WHERE chat_id = $1 AND user_id = $2', [
    chatId,
    userId,
  ]);
  return rowCount === 1;
}

/** One INSERT, each its own transaction; the order of a chat is left to the clock. */
export const insertPlain: InsertMessage = async (pool, message) => {
  const { rows } = await pool.query<NaiveMessage>(INSERT, [
    message.chatId,
    null,
    message.senderId,
    message.text,
    message.clientMessageId,
  ]);
  return only(rows);
};

/** The usual way to number a chat without gaps: its row is locked for the length of each message's transaction. */
export const insertLocked: InsertMessage = async (pool, message) => {
  const client = await pool.connect();
  try {
    return await inTransaction(client, async () => {
      const locked = await client.query<{ last_seq: string }>(
        'SELECT last_seq FROM naive.chats WHERE id = $1 FOR UPDATE',
        [message.chatId],
      );
      const seq = BigInt(only(locked.rows).last_seq) + 1n;
      const { rows } = await client.query<NaiveMessage>(INSERT, [
        message.chatId,
        seq.toString(),
        message.senderId,
        message.text,
        message.clientMessageId,
      ]);
      await client.query('UPDATE naive.chats SET last_seq = $2 WHERE id = $1', [message.chatId, seq.toString()]);
      return only(rows);
    });
  } finally {
    client.release();
  }
};

async function inTransaction<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
