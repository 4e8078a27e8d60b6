import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/open-database.js';

/** The integers that chats have for clients of numbered dialects. A number, once given, is the chat's for good. */
@Injectable()
export class ChatNumbersRepository {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /** The numbers of chats, by id; one without a number is given the next. A chat that does not exist is absent. */
  async numbersOf(chatIds: readonly string[]): Promise<Map<string, number>> {
    const found = await this.find(chatIds);
    const unnumbered = chatIds.filter((id) => !found.has(id));
    if (unnumbered.length === 0) {
      return found;
    }
    await this.give(unnumbered);
    return new Map([...found, ...(await this.find(unnumbered))]);
  }

  /** The chat that has a number; `null` where none has. */
  async chatIdOf(number: number): Promise<string | null> {
    const row = await this.db
      .selectFrom('chat.chat_numbers')
      .select('chat_id')
      .where(sql<boolean>`number = ${number}::bigint`)
      .executeTakeFirst();
    return row?.chat_id ?? null;
  }

  private async find(chatIds: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.db
      .selectFrom('chat.chat_numbers')
      .select(['chat_id', 'number'])
      .where('chat_id', 'in', chatIds)
      .execute();
    return new Map(rows.map(({ chat_id, number }) => [chat_id, Number(number)]));
  }

  /**
   * Two instances may give the same chat a number at the same moment: the first one's stands, the other finds it when it reads
   * again. Chats are taken in the order of their ids, so two such statements cannot wait for each other; they are numbered
   * in the order of their creation. The price of a race is an integer that no chat gets.
   */
  private async give(chatIds: readonly string[]): Promise<void> {
    await sql`
      insert into chat.chat_numbers (chat_id)
      select c.id
        from chat.chats c
       where c.id = any(${[...chatIds]}::uuid[])
       order by c.id
      on conflict (chat_id) do nothing`.execute(this.db);
  }
}
