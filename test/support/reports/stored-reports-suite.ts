import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReportReason } from '../../../src/contract/index.js';
import type { MessageDraft } from '../../../src/messages/message.js';
import { ReportsRepository } from '../../../src/reports/reports.repository.js';
import { draftOf, type MessageStore, type StoredPair } from '../messages/message-store.js';

/** What the marketplace finds in `chat.reports`, on any database. */
export function describeStoredReports(open: () => Promise<MessageStore>): void {
  describe('a stored report', () => {
    let store: MessageStore;
    let reports: ReportsRepository;
    let pair: StoredPair;

    beforeAll(async () => {
      store = await open();
      reports = new ReportsRepository(store.db);
      pair = await store.newPair();
    });
    afterAll(() => store.close());

    async function send(text: string, fields: Partial<MessageDraft> = {}): Promise<string> {
      const draft = draftOf(pair, { text, ...fields });
      await store.messages.append([draft]);
      return draft.id;
    }

    const change = (messageId: string, text: string | null) =>
      store.messages.change({ chatId: pair.chatId, messageId, editorId: pair.buyerId }, () =>
        text === null ? { kind: 'delete' } : { kind: 'edit', text },
      );

    const report = (messageId: string, reporterId: string, reason: ReportReason = 'abuse') =>
      reports.storeUnlessReported({ chatId: pair.chatId, messageId, reporterId, reason, comment: null });

    const rowsOf = (messageId: string) =>
      store.db
        .selectFrom('chat.reports')
        .select(['reporter_id', 'author_id', 'reason', 'text'])
        .where('message_id', '=', messageId)
        .orderBy('reporter_id')
        .execute();

    it('keeps what the message said when it was reported, whatever becomes of it', async () => {
      const messageId = await send('an insult');
      await change(messageId, 'a worse insult');
      await report(messageId, pair.sellerId);
      await change(messageId, 'a compliment');
      await change(messageId, null);

      expect(await rowsOf(messageId)).toEqual([
        { reporter_id: pair.sellerId, author_id: pair.buyerId, reason: 'abuse', text: 'a worse insult' },
      ]);
    });

    it('of a deleted message keeps what it said last', async () => {
      const messageId = await send('an insult');
      await change(messageId, 'a worse insult');
      await change(messageId, null);
      await report(messageId, pair.sellerId);

      expect((await rowsOf(messageId)).map(({ text }) => text)).toEqual(['a worse insult']);
    });

    it('of an image keeps its files, deleted or not', async () => {
      const attachments = [{ url: 'https://files.example/a.jpg', name: 'a.jpg', size: 1, mimeType: 'image/jpeg' }];
      const shown = await send('', { type: 'image', attachments });
      const deleted = await send('look', { type: 'image', attachments });
      await change(deleted, null);
      await report(shown, pair.sellerId);
      await report(deleted, pair.sellerId);
      await change(shown, null);

      const rows = await store.db
        .selectFrom('chat.reports')
        .select(['text', 'attachments'])
        .where('message_id', 'in', [shown, deleted])
        .orderBy('text')
        .execute();
      expect(rows).toEqual([
        { text: '', attachments },
        { text: 'look', attachments },
      ]);
    });

    it('is not made of what the service tells', async () => {
      const messageId = await send('shipped', { senderId: '', type: 'system' });
      await report(messageId, pair.sellerId);
      expect(await rowsOf(messageId)).toEqual([]);
      expect(await reports.authorOf(pair.chatId, messageId)).toBeNull();
    });

    it('is one for each reporter and message: the first', async () => {
      const messageId = await send('an insult');
      await Promise.all([report(messageId, pair.sellerId, 'spam'), report(messageId, 'moderator', 'fraud')]);
      await Promise.all([report(messageId, pair.sellerId, 'other'), report(messageId, 'moderator', 'other')]);

      expect(new Set((await rowsOf(messageId)).map(({ reason }) => reason))).toEqual(new Set(['spam', 'fraud']));
    });

    it('is not made of one’s own message, nor of one that is not there', async () => {
      const messageId = await send('harmless');
      await report(messageId, pair.buyerId);
      await report(pair.chatId, pair.sellerId);
      expect(await rowsOf(messageId)).toEqual([]);
      expect(await reports.find(pair.chatId, messageId, pair.buyerId)).toBeUndefined();
      expect(await reports.authorOf(pair.chatId, pair.chatId)).toBeUndefined();
    });
  });
}
