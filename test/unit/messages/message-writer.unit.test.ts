import { describe, expect, it } from 'vitest';
import type { MessageDraft } from '../../../src/messages/message.js';
import { ControlledAppend, storedOutcome } from '../../support/messages/controlled-append.js';

// The last digit of a chat's id decides its lane.
const EVEN = '0190b3a0-0000-7000-8000-000000000000';
const ODD = '0190b3a0-0000-7000-8000-000000000001';

function draft(text: string, chatId = EVEN): MessageDraft {
  return {
    id: `id-${text}`,
    chatId,
    senderId: '1',
    type: 'text',
    text,
    attachments: null,
    replyTo: null,
    productId: null,
    clientMessageId: text,
  };
}

describe('group commit', () => {
  it('writes what arrives in one moment as one batch and gives each message its own outcome', async () => {
    const database = new ControlledAppend();
    const writer = database.writer();
    const stored = ['a', 'b', 'c'].map((text) => writer.store(draft(text)));

    (await database.call(1)).commit();

    expect(await Promise.all(stored)).toEqual(['a', 'b', 'c'].map((text) => storedOutcome(draft(text))));
    expect(database.batches).toEqual([['a', 'b', 'c']]);
  });

  it('collects what arrives while a batch is being written into the next one', async () => {
    const database = new ControlledAppend();
    const writer = database.writer();
    const first = writer.store(draft('a'));
    const running = await database.call(1);
    const later = ['b', 'c', 'd'].map((text) => writer.store(draft(text)));
    expect(writer.waiting).toBe(3);

    running.commit();
    await first;
    (await database.call(2)).commit();

    await Promise.all(later);
    expect(database.batches).toEqual([['a'], ['b', 'c', 'd']]);
    expect(writer.waiting).toBe(0);
  });

  it('settles messages in the order they came, over several batches', async () => {
    const database = new ControlledAppend();
    const writer = database.writer();
    const settled: string[] = [];
    const store = (text: string) => writer.store(draft(text)).then(() => settled.push(text));
    const all = [store('a'), store('b')];
    const running = await database.call(1);
    all.push(store('c'), store('d'));

    running.commit();
    (await database.call(2)).commit();

    await Promise.all(all);
    expect(settled).toEqual(['a', 'b', 'c', 'd']);
  });

  it('has two batches on their way at most, and never two of one chat', async () => {
    const database = new ControlledAppend();
    const writer = database.writer();
    const stored = [writer.store(draft('even 1')), writer.store(draft('odd 1', ODD))];
    const even = await database.call(1);
    const odd = await database.call(2);
    stored.push(writer.store(draft('even 2')), writer.store(draft('odd 2', ODD)));
    await new Promise(setImmediate);
    expect(database.batches).toEqual([['even 1'], ['odd 1']]);

    odd.commit();
    (await database.call(3)).commit();
    expect(database.batches[2]).toEqual(['odd 2']);
    even.commit();
    (await database.call(4)).commit();

    await Promise.all(stored);
    expect(database.batches).toEqual([['even 1'], ['odd 1'], ['odd 2'], ['even 2']]);
  });

  it('takes chat ids in capital letters, whose last digit is one too', async () => {
    const database = new ControlledAppend();
    const stored = database.writer().store(draft('a', ODD.replace(/1$/, 'F')));
    (await database.call(1)).commit();
    await expect(stored).resolves.toMatchObject({ kind: 'stored' });
  });

  it('passes on that a message repeats another one, or is refused', async () => {
    const database = new ControlledAppend();
    const writer = database.writer();
    const [repeat, refused] = [writer.store(draft('a')), writer.store(draft('b'))];
    const original = {
      ...draft('original'),
      seq: 1,
      rev: 1,
      reactions: null,
      createdAt: new Date(0),
      editedAt: null,
      deletedAt: null,
    };

    (await database.call(1)).commit([{ kind: 'duplicate', message: original }, { kind: 'refused' }]);

    expect(await repeat).toEqual({ kind: 'duplicate', message: original });
    expect(await refused).toEqual({ kind: 'refused' });
  });

  it('answers INTERNAL where the database told fewer outcomes than it was given messages', async () => {
    const database = new ControlledAppend();
    const writer = database.writer();
    const [first, second] = [writer.store(draft('a')), writer.store(draft('b'))];

    (await database.call(1)).commit([storedOutcome(draft('a'))]);

    expect(await first).toEqual(storedOutcome(draft('a')));
    await expect(second).rejects.toMatchObject({ code: 'INTERNAL', message: expect.stringMatching(/^unable to send/) });
  });
});

describe('a full write queue', () => {
  it('answers OVERLOADED at once, and takes messages again when the waiting ones have left', async () => {
    const database = new ControlledAppend();
    const writer = database.writer({ queueLimit: 2 });
    const stored = [writer.store(draft('in flight'))];
    const running = await database.call(1);
    stored.push(writer.store(draft('waits 1')), writer.store(draft('waits 2')));

    await expect(writer.store(draft('too much'))).rejects.toMatchObject({ code: 'OVERLOADED' });
    // The limit is the process's, not the lane's: it bounds memory.
    await expect(writer.store(draft('too much', ODD))).rejects.toMatchObject({ code: 'OVERLOADED' });

    running.commit();
    const next = await database.call(2);
    stored.push(writer.store(draft('welcome again')));
    next.commit();
    (await database.call(3)).commit();
    await Promise.all(stored);
    expect(database.batches).toEqual([['in flight'], ['waits 1', 'waits 2'], ['welcome again']]);
  });
});
