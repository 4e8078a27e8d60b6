import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Timeline } from '../../../demo/client/timeline.js';
import { aChat, aMessage, messages } from './a-message.js';

const seqsOf = (timeline: Timeline): number[] => timeline.messages.map(({ seq }) => seq);

function joinedAt(lastSeq: number, page = messages(...Array.from({ length: lastSeq }, (_, index) => index + 1))) {
  const timeline = new Timeline();
  timeline.begin({ chat: aChat(lastSeq), messages: page });
  return timeline;
}

describe('a timeline', () => {
  it('shows messages in seq order, whatever order they arrive in', () => {
    const timeline = joinedAt(0);
    for (const message of messages(3, 1, 2)) {
      timeline.apply(message);
    }
    expect(seqsOf(timeline)).toEqual([1, 2, 3]);
  });

  it('believes an event that came while an answer was awaited, and else the answer', () => {
    const timeline = joinedAt(0);
    const closedAt = '2026-01-02T00:00:00.000Z';
    const asked = timeline.closingsHeard;
    expect(timeline.hearClosing({ closedAt })).toBe(true);
    expect(timeline.hearClosing({ closedAt })).toBe(false);
    expect(timeline.learnClosing({ closedAt: null }, asked)).toBe(false);
    expect(timeline.closedAt).toBe(closedAt);
    expect(timeline.learnClosing({ closedAt: null }, timeline.closingsHeard)).toBe(true);
    expect(timeline.closedAt).toBeNull();
  });

  it('takes a message that arrives twice once', () => {
    const timeline = joinedAt(0);
    expect(timeline.apply(aMessage(1))).toBe('added');
    expect(timeline.apply(aMessage(1))).toBe('known');
    expect(seqsOf(timeline)).toEqual([1]);
  });

  it('keeps the later state of a message, whichever comes first', () => {
    const timeline = joinedAt(1);
    expect(timeline.apply(aMessage(1, 7))).toBe('changed');
    expect(timeline.apply(aMessage(1, 1))).toBe('known');
    expect(timeline.messages[0]?.rev).toBe(7);
  });

  it('has a gap while a seq is missing, and none once it came', () => {
    const timeline = joinedAt(2);
    timeline.apply(aMessage(4));
    expect(timeline.hasGap).toBe(true);
    timeline.apply(aMessage(3));
    expect(timeline.hasGap).toBe(false);
  });

  it('has a gap while a change is missing, though no seq is', () => {
    const timeline = joinedAt(2);
    timeline.apply(aMessage(3, 4));
    expect(timeline.hasGap).toBe(true);
    timeline.apply(aMessage(1, 3));
    expect(timeline.hasGap).toBe(false);
  });

  it('takes a reaction that follows on what it has, and leaves no gap with one to a message that it does not keep', () => {
    const timeline = joinedAt(1);
    const reactions = [{ emoji: '👍', userIds: [7] }];

    expect(timeline.react({ seq: 1, rev: 2, reactions })).toEqual({ ...aMessage(1), rev: 2, reactions });
    expect(timeline.react({ seq: 1, rev: 2, reactions: [] })).toBe('known');
    expect(timeline.react({ seq: 9, rev: 3, reactions })).toBe('known');
    timeline.apply(aMessage(2, 4));
    expect(timeline.hasGap).toBe(false);
    expect(timeline.messages[0]?.reactions).toEqual(reactions);
  });

  it('asks for a reaction that overtook a change, so that the change is not taken for known when it comes', () => {
    const timeline = joinedAt(1);

    expect(timeline.react({ seq: 1, rev: 3, reactions: [{ emoji: '👍', userIds: [7] }] })).toBe('missing');
    expect(timeline.apply({ ...aMessage(1, 2), text: 'edited' })).toBe('changed');
    timeline.apply(aMessage(2, 4));
    expect(timeline.hasGap).toBe(true);
  });

  it('sees what happened to a message more than once as several changes, of which none is missing', () => {
    const timeline = joinedAt(1);
    for (const rev of [4, 2, 3]) {
      timeline.apply(aMessage(1, rev));
    }
    expect(timeline.hasGap).toBe(false);
    expect(timeline.messages).toEqual([aMessage(1, 4)]);
  });

  it('closes a gap with a sync, which brings only the last state of what changed', () => {
    const timeline = joinedAt(2);
    timeline.apply(aMessage(1, 6));
    timeline.catchUp({ rev: 6, messages: [aMessage(2, 5), aMessage(1, 6)] });
    expect(timeline.hasGap).toBe(false);
    timeline.apply(aMessage(3, 8));
    expect(timeline.hasGap).toBe(true);
  });

  it('sees the gap before the first live message of a chat that was empty', () => {
    const timeline = joinedAt(0);
    timeline.apply(aMessage(2));
    expect(timeline.hasGap).toBe(true);
  });

  it('holds what arrives live before the join is answered until it is', () => {
    const timeline = new Timeline();
    timeline.apply(aMessage(3));
    expect(timeline.hasGap).toBe(false);
    const fresh = timeline.begin({ chat: aChat(2), messages: messages(1, 2) });
    expect(fresh.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it('leaves out a change of a message below the loaded part, which paging back brings', () => {
    const timeline = joinedAt(6, messages(5, 6));
    expect(timeline.apply(aMessage(2, 7))).toBe('outside');
    expect(timeline.hasGap).toBe(false);
    timeline.extendBack({ messages: [aMessage(1), aMessage(2, 7), aMessage(3), aMessage(4)] });
    expect(timeline.floor).toBe(1);
    expect(seqsOf(timeline)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('moves its cursor with syncs, not with live events', () => {
    const timeline = joinedAt(2);
    timeline.apply(aMessage(3));
    expect(timeline.rev).toBe(2);
    timeline.catchUp({ rev: 5, messages: messages(3, 4, 5) });
    expect(timeline.rev).toBe(5);
    expect(seqsOf(timeline)).toEqual([1, 2, 3, 4, 5]);
  });

  it('starts anew after it was cleared', () => {
    const timeline = joinedAt(3);
    timeline.clear();
    expect(timeline.begun).toBe(false);
    timeline.begin({ chat: aChat(1), messages: messages(1) });
    expect(seqsOf(timeline)).toEqual([1]);
    expect(timeline.rev).toBe(1);
  });

  it('is whole and in order after a sync, whatever subset of the live events came in whatever order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 }), fc.array(fc.integer({ min: 1, max: 40 })), (joinedUpTo, live) => {
        const timeline = joinedAt(joinedUpTo);
        for (const seq of live) {
          timeline.apply(aMessage(seq));
        }
        const last = Math.max(joinedUpTo, ...live);
        const all = Array.from({ length: last }, (_, index) => index + 1);
        timeline.catchUp({ rev: last, messages: messages(...all.filter((seq) => seq > timeline.rev)) });
        expect(seqsOf(timeline)).toEqual(all);
        expect(timeline.hasGap).toBe(false);
      }),
    );
  });
});
