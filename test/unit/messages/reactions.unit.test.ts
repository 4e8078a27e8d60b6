import { describe, expect, it } from 'vitest';
import { REACTION_EMOJI_MAX, REACTIONS_MAX, REACTIONS_PER_USER_MAX } from '../../../src/contract/index.js';
import type { StoredMessage, StoredReaction } from '../../../src/messages/message.js';
import { judgeReaction, judgeReactionRemoval } from '../../../src/messages/reactions.js';

function message(reactions: StoredMessage['reactions'], deletedAt: Date | null = null): StoredMessage {
  return {
    id: '0190b3a0-0000-7000-8000-000000000001',
    chatId: '0190b3a0-1234-7abc-8def-0123456789ab',
    seq: 1,
    rev: 1,
    senderId: 'author',
    type: 'text',
    text: 'hello',
    attachments: null,
    replyTo: null,
    reactions,
    productId: null,
    clientMessageId: 'key',
    createdAt: new Date(0),
    editedAt: null,
    deletedAt,
  };
}

const users = (count: number, prefix = 'user') => Array.from({ length: count }, (_, index) => `${prefix} ${index}`);
const emojis = (count: number) => users(count, 'emoji');
const by = (userId: string, emoji = '👍') => ({ userId, emoji, closed: false });
const full = (code: string, limit: number) => expect.objectContaining({ code, details: { limit } });

describe('a reaction', () => {
  it('stands alone on a message that has none', () => {
    expect(judgeReaction(message(null), by('a'))).toEqual({
      kind: 'react',
      reactions: [{ emoji: '👍', userIds: ['a'] }],
    });
  });

  it('joins those of the same emoji at their end, and leaves the others alone', () => {
    const before = [
      { emoji: '❤️', userIds: ['b'] },
      { emoji: '👍', userIds: ['b', 'c'] },
    ];
    expect(judgeReaction(message(before), by('a'))).toEqual({
      kind: 'react',
      reactions: [
        { emoji: '❤️', userIds: ['b'] },
        { emoji: '👍', userIds: ['b', 'c', 'a'] },
      ],
    });
    expect(before[1]?.userIds).toEqual(['b', 'c']);
  });

  it('is open to the author, too', () => {
    expect(judgeReaction(message(null), by('author'))).not.toBeNull();
  });

  it('that is there changes nothing, whatever limit is reached', () => {
    expect(judgeReaction(message([{ emoji: '👍', userIds: ['b', 'a'] }]), by('a'))).toBeNull();
    const crowd = [{ emoji: '👍', userIds: ['a', ...users(REACTIONS_MAX - 1)] }];
    expect(judgeReaction(message(crowd), by('a'))).toBeNull();
  });

  it('to a deleted message finds none', () => {
    for (const judge of [judgeReaction, judgeReactionRemoval]) {
      expect(() => judge(message(null, new Date()), by('a'))).toThrow(
        expect.objectContaining({ code: 'MESSAGE_NOT_FOUND' }),
      );
    }
  });

  it('finds no place in a closed chat; one that is there, or is not, still changes nothing', () => {
    const before = message([{ emoji: '👍', userIds: ['a'] }]);
    const closed = (emoji: string) => ({ userId: 'a', emoji, closed: true });
    expect(() => judgeReaction(before, closed('❤️'))).toThrow(expect.objectContaining({ code: 'CHAT_CLOSED' }));
    expect(() => judgeReactionRemoval(before, closed('👍'))).toThrow(expect.objectContaining({ code: 'CHAT_CLOSED' }));
    expect(judgeReaction(before, closed('👍'))).toBeNull();
    expect(judgeReactionRemoval(before, closed('❤️'))).toBeNull();
  });

  it(`is the last new emoji as number ${REACTION_EMOJI_MAX}; known ones go on`, () => {
    const known = (count: number): StoredReaction[] => emojis(count).map((emoji) => ({ emoji, userIds: ['b'] }));
    expect(judgeReaction(message(known(REACTION_EMOJI_MAX - 1)), by('a'))).not.toBeNull();
    const all = message(known(REACTION_EMOJI_MAX));
    expect(() => judgeReaction(all, by('a'))).toThrow(full('REACTION_LIMIT', REACTION_EMOJI_MAX));
    expect(judgeReaction(all, by('a', 'emoji 3'))).not.toBeNull();
  });

  it(`is the last of a user as number ${REACTIONS_PER_USER_MAX}; others go on`, () => {
    const own = (count: number): StoredReaction[] => emojis(count).map((emoji) => ({ emoji, userIds: ['b', 'a'] }));
    expect(judgeReaction(message(own(REACTIONS_PER_USER_MAX - 1)), by('a'))).not.toBeNull();
    const all = message(own(REACTIONS_PER_USER_MAX));
    expect(() => judgeReaction(all, by('a'))).toThrow(full('REACTION_LIMIT', REACTIONS_PER_USER_MAX));
    expect(judgeReaction(all, by('c'))).not.toBeNull();
  });

  it(`is the last one at all as number ${REACTIONS_MAX}`, () => {
    const crowd = (count: number) => [
      { emoji: '👍', userIds: users(count - 1) },
      { emoji: '❤️', userIds: ['b'] },
    ];
    expect(judgeReaction(message(crowd(REACTIONS_MAX - 1)), by('a'))).not.toBeNull();
    expect(() => judgeReaction(message(crowd(REACTIONS_MAX)), by('a'))).toThrow(full('REACTION_LIMIT', REACTIONS_MAX));
  });
});

describe('taking a reaction back', () => {
  it("leaves everybody else's", () => {
    const before = [
      { emoji: '👍', userIds: ['b', 'a', 'c'] },
      { emoji: '❤️', userIds: ['a'] },
    ];
    expect(judgeReactionRemoval(message(before), by('a'))).toEqual({
      kind: 'react',
      reactions: [
        { emoji: '👍', userIds: ['b', 'c'] },
        { emoji: '❤️', userIds: ['a'] },
      ],
    });
  });

  it('leaves no emoji without a user, and nothing where it was the only one', () => {
    const two = [
      { emoji: '👍', userIds: ['a'] },
      { emoji: '❤️', userIds: ['b'] },
    ];
    expect(judgeReactionRemoval(message(two), by('a'))).toEqual({ kind: 'react', reactions: two.slice(1) });
    expect(judgeReactionRemoval(message(two.slice(0, 1)), by('a'))).toEqual({ kind: 'react', reactions: null });
  });

  it('changes nothing where it is not there', () => {
    expect(judgeReactionRemoval(message(null), by('a'))).toBeNull();
    expect(judgeReactionRemoval(message([{ emoji: '👍', userIds: ['b'] }]), by('a'))).toBeNull();
    expect(judgeReactionRemoval(message([{ emoji: '❤️', userIds: ['a'] }]), by('a'))).toBeNull();
  });
});
