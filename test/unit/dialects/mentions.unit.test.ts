import { describe, expect, it } from 'vitest';
import { type EventName, events } from '../../../src/contract/index.js';
import type { AnyEvent } from '../../../src/dialects/dialect.js';
import { mentionsOfAnswer, mentionsOfEvent } from '../../../src/dialects/mentions.js';
import { CHAT_ID, directChat, everyEvent, joinedChat, message } from '../../support/dialects/every-event.js';

/** What stands in fields of these names, however deep. */
function valuesOf(names: readonly string[], value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([name, inner]) =>
    names.includes(name) && inner !== null ? [inner] : valuesOf(names, inner),
  );
}

describe('what an event mentions', () => {
  it.each(Object.keys(events) as EventName[])('of %s is every chat and user that it is about', (name) => {
    const payload = everyEvent[name];
    const { chatIds, userIds } = mentionsOfEvent({ name, payload } as AnyEvent);
    expect(new Set(chatIds)).toEqual(
      new Set([
        ...valuesOf(['chatId'], payload),
        // Their payload is the chat itself.
        ...(/^chat:(?:created|updated|closed|reopened)$/.test(name) ? [CHAT_ID] : []),
      ]),
    );
    for (const userId of valuesOf(['senderId', 'userId', 'by'], payload)) {
      expect(userIds).toContain(userId);
    }
  });
});

describe('what an answer mentions', () => {
  it('is every chat of a list, with the peers and the authors', () => {
    const peer = joinedChat.members[1];
    const entry = {
      chat: directChat,
      peer: peer ?? null,
      lastMessage: message,
      activityAt: message.createdAt,
      unreadCount: 0,
      marks: { chatId: CHAT_ID, userId: 'user2', lastReadSeq: 0, lastDeliveredSeq: 0 },
      settings: joinedChat.settings,
    };
    const { chatIds, userIds } = mentionsOfAnswer('chat:list', { chats: [entry], senders: [], nextCursor: null });
    expect(new Set(chatIds)).toEqual(new Set([CHAT_ID]));
    expect(new Set(userIds)).toEqual(new Set(['user2', 123]));
  });

  it('of a chat are its members too', () => {
    expect(mentionsOfAnswer('chat:join', joinedChat).userIds).toEqual(expect.arrayContaining([123, 'user2', 'user3']));
  });
});
