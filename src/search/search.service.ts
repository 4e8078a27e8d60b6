import { Injectable } from '@nestjs/common';
import { AtMost } from '../concurrency/at-most.js';
import { ChatError, type CommandPayload, type SearchPage } from '../contract/index.js';
import { Membership } from '../members/membership.js';
import { toWireMessage } from '../messages/message.js';
import { ProfilesService } from '../profiles/profiles.service.js';
import { toHighlights } from './highlights.js';
import { SearchRepository } from './search.repository.js';
import { withFewNegations } from './search-query.js';

const SEARCH = 'search messages';
/** Searches of this instance side by side: however many users search, most connections are left to those who write. */
const SEARCHES = 2;
const WAITING = 100;
/** Searches of one user wait for each other: one runs, as many more as a person's typing may cause wait. */
const WAITING_OF_USER = 4;

@Injectable()
export class SearchService {
  private readonly turns = new AtMost({
    running: SEARCHES,
    waiting: WAITING,
    refusal: () => new ChatError('OVERLOADED', SEARCH, 'too many searches wait; try again soon'),
  });
  /** Of users who are searching now. */
  private readonly turnsOfUsers = new Map<string, AtMost>();

  constructor(
    private readonly repository: SearchRepository,
    private readonly membership: Membership,
    private readonly profiles: ProfilesService,
  ) {}

  /**
   * Messages of one chat, or of all chats that the user is a member of, by their words; newest first. The query is taken as
   * search engines take theirs: words, "phrases", or, -without. No query is malformed.
   *
   * A message is found within seconds of being sent or edited, and never by words that it no longer has. System messages
   * are not found: their text is a stand-in made of ids, which clients show in words of their own.
   *
   * @throws ChatError `CHAT_NOT_FOUND`, `OVERLOADED`
   */
  async search(
    userId: string,
    { query, chatId, cursor, limit }: CommandPayload<'message:search'>,
  ): Promise<SearchPage> {
    if (chatId !== undefined) {
      await this.membership.require(chatId, userId, SEARCH);
    }
    const hits = await this.inTurn(userId, () =>
      this.repository.find({ userId, query: withFewNegations(query), chatId, cursor, limit: limit + 1 }),
    );
    const page = hits.slice(0, limit);
    const results = page.map(({ marked, ...message }) => ({
      message: toWireMessage(message),
      highlights: toHighlights(message.text, marked),
    }));
    return {
      results,
      senders: await this.profiles.sendersOf(results.map(({ message }) => message)),
      nextCursor: hits.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
  }

  /** The user's own turn comes first: who floods this with searches takes one place of those that everybody shares. */
  private async inTurn<T>(userId: string, find: () => Promise<T>): Promise<T> {
    let own = this.turnsOfUsers.get(userId);
    if (own === undefined) {
      own = new AtMost({
        running: 1,
        waiting: WAITING_OF_USER,
        refusal: () =>
          new ChatError('OVERLOADED', SEARCH, 'searches of yours still wait; try again when they have ended'),
      });
      this.turnsOfUsers.set(userId, own);
    }
    try {
      return await own.run(() => this.turns.run(find));
    } finally {
      if (own.isIdle) {
        this.turnsOfUsers.delete(userId);
      }
    }
  }
}
