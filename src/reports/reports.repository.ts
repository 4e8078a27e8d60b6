import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { ReportReason } from '../contract/index.js';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/open-database.js';

export interface NewReport {
  chatId: string;
  messageId: string;
  reporterId: string;
  reason: ReportReason;
  comment: string | null;
}

export interface StoredReport extends NewReport {
  reportedAt: Date;
}

@Injectable()
export class ReportsRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * Stores a report of another's message, unless the reporter has reported it before, with what the message says, or said
   * before it was deleted. One statement; concurrent reports of one reporter wait for each other, and the first stays.
   */
  async storeUnlessReported({ chatId, messageId, reporterId, reason, comment }: NewReport): Promise<void> {
    await sql`
      insert into chat.reports (chat_id, message_id, reporter_id, author_id, reason, comment, text, attachments)
      select m.chat_id, m.id, ${reporterId}, m.sender_id, ${reason}, ${comment},
             case when m.deleted_at is null then m.text else coalesce(before.text, '') end,
             case when m.deleted_at is null then m.attachments else before.attachments end
        from chat.messages m
        left join lateral (
          select e.text, e.attachments
            from chat.message_edits e
           where e.chat_id = m.chat_id and e.message_id = m.id
           order by e.rev desc
           limit 1
        ) before on m.deleted_at is not null
       where m.chat_id = ${chatId} and m.id = ${messageId} and m.sender_id <> ${reporterId}
         and m.type <> 'system'
      on conflict do nothing`.execute(this.db);
  }

  async find(chatId: string, messageId: string, reporterId: string): Promise<StoredReport | undefined> {
    const { rows } = await sql<StoredReport>`
      select chat_id as "chatId", message_id as "messageId", reporter_id as "reporterId", reason, comment,
             created_at as "reportedAt"
        from chat.reports
       where chat_id = ${chatId} and message_id = ${messageId} and reporter_id = ${reporterId}`.execute(this.db);
    return rows[0];
  }

  /** Who wrote a message, `null` where the service itself tells what happened; `undefined` where the chat has no such message. */
  async authorOf(chatId: string, messageId: string): Promise<string | null | undefined> {
    const row = await this.db
      .selectFrom('chat.messages')
      .select(['sender_id', 'type'])
      .where('chat_id', '=', chatId)
      .where('id', '=', messageId)
      .executeTakeFirst();
    return row?.type === 'system' ? null : row?.sender_id;
  }
}
