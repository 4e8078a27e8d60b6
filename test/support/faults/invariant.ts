import { Client } from 'pg';
import { expect, vi } from 'vitest';
import type { LoggedClient } from './logged-client.js';

interface StoredRow {
  id: string;
  chatId: string;
  seq: number;
  rev: number;
  senderId: string;
  text: string;
  clientMessageId: string;
}

interface StoredChat {
  id: string;
  lastSeq: number;
  rows: StoredRow[];
}

/** How long clients may take to become complete once nothing fails any more. They are told nothing by the test. */
const CONVERGED_WITHIN_MS = 60_000;

/**
 * What must hold after whatever happened, read from PostgreSQL and from every client's log:
 * - each acked message is stored exactly once, as it was acked or as its last acked change left it, and a sender's messages stand
 *   in the order he sent them (scenarios never send one text twice, so a text that stands there twice is a message that
 *   doubled);
 * - the messages of a chat are numbered from 1 without gaps;
 * - every client holds every message of its chats once, in `seq` order and in its latest state;
 * - nobody was ever shown anything that is not stored, and no connection delivered a message twice.
 *
 * @param clients those that ended online
 * @param gone clients that ended otherwise: what they saw and were promised must hold too
 */
export async function expectNothingLostOrDoubled(
  databaseUrl: string,
  clients: readonly LoggedClient[],
  gone: readonly LoggedClient[] = [],
): Promise<void> {
  await vi.waitFor(
    async () => {
      expect(clients.filter((client) => !client.settled).map(describeClient)).toEqual([]);
      const chats = await readChats(databaseUrl);
      for (const client of clients) {
        expectComplete(client, chats);
      }
    },
    { timeout: CONVERGED_WITHIN_MS, interval: 500 },
  );
  const chats = await readChats(databaseUrl);
  for (const { rows, lastSeq } of chats.values()) {
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: lastSeq }, (_, index) => index + 1));
    // What is left of deleted messages has no text.
    expect(repeated(rows.map(({ text }) => text).filter((text) => text !== ''))).toEqual([]);
  }
  const stored = new Map([...chats.values()].flatMap(({ rows }) => rows.map((row) => [row.id, row])));
  for (const client of [...clients, ...gone]) {
    expectPromisesKept(client, stored);
    expectOnlyStoredShown(client, stored);
  }
}

function describeClient({ userId, ready, unacked, losses, refusals }: LoggedClient): string {
  const state = ready ? 'is connected' : `is not connected (${losses.at(-1) ?? 'never was'})`;
  return `user ${userId} ${state}, ${unacked} messages not acked, refusals: ${refusals.join(', ') || 'none'}`;
}

function expectComplete(client: LoggedClient, chats: ReadonlyMap<string, StoredChat>): void {
  for (const chatId of client.chatIds) {
    const held = client.messages(chatId).map(describeState);
    const stored = (chats.get(chatId)?.rows ?? []).map(describeState);
    if (held.length !== stored.length || held.some((entry, index) => entry !== stored[index])) {
      const missing = stored.filter((entry) => !held.includes(entry));
      throw new Error(
        `user ${client.userId} holds ${held.length} of ${stored.length} messages of chat ${chatId}; missing: ${missing.slice(0, 5).join(', ')}`,
      );
    }
  }
}

function describeState({ id, seq, rev, text }: Pick<StoredRow, 'id' | 'seq' | 'rev' | 'text'>): string {
  return `${seq} ${id} at rev ${rev}: ${text}`;
}

function expectPromisesKept(client: LoggedClient, stored: ReadonlyMap<string, StoredRow>): void {
  const lastSeq = new Map<string, number>();
  for (const { text, clientMessageId, message } of client.acked) {
    const changed = client.changed.get(message.id);
    expect(stored.get(message.id)).toMatchObject({
      seq: message.seq,
      rev: (changed ?? message).rev,
      chatId: message.chatId,
      senderId: String(client.userId),
      text: changed?.text ?? text,
      clientMessageId,
    });
    expect(message.seq).toBeGreaterThan(lastSeq.get(message.chatId) ?? 0);
    lastSeq.set(message.chatId, message.seq);
  }
  expect(repeated(client.acked.map(({ message }) => message.id))).toEqual([]);
}

function expectOnlyStoredShown(client: LoggedClient, stored: ReadonlyMap<string, StoredRow>): void {
  const strange = [...client.shown.values()].filter(({ id, seq, rev, text }) => {
    const row = stored.get(id);
    // One that went away early may have been shown an earlier state.
    return row === undefined || row.seq !== seq || rev > row.rev || (rev === row.rev && row.text !== text);
  });
  expect(strange).toEqual([]);
  expect(client.doubled).toEqual([]);
}

function repeated(values: readonly string[]): string[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    const known = seen.has(value);
    seen.add(value);
    return known;
  });
}

/** By id; a chat's rows in `seq` order. */
async function readChats(databaseUrl: string): Promise<Map<string, StoredChat>> {
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    const chats = await database.query<{ id: string; lastSeq: number }>(
      'select id, last_seq as "lastSeq" from chat.chats',
    );
    const byId = new Map<string, StoredChat>(chats.rows.map((chat) => [chat.id, { ...chat, rows: [] }]));
    const messages = await database.query<StoredRow>(`
      select id, chat_id as "chatId", seq, rev, sender_id as "senderId", text, client_message_id as "clientMessageId"
        from chat.messages
       order by chat_id, seq`);
    for (const row of messages.rows) {
      byId.get(row.chatId)?.rows.push(row);
    }
    return byId;
  } finally {
    await database.end();
  }
}
