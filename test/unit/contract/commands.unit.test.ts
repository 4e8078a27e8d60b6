import { describe, expect, it } from 'vitest';
import { type CommandName, commands, events, isCommandName } from '../../../src/contract/index.js';

const chatId = '0190b3a0-1234-7abc-8def-0123456789ab';

function accepts(command: CommandName, payload: unknown): boolean {
  return commands[command].payload.safeParse(payload).success;
}

describe('a command', () => {
  it('is known by its own name only, not by what every object has', () => {
    expect(isCommandName('message:send')).toBe(true);
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'Message:send', '']) {
      expect(isCommandName(name), name).toBe(false);
    }
  });

  it('names an operation that completes "unable to …"', () => {
    for (const [name, { operation }] of Object.entries(commands)) {
      expect(operation, name).toMatch(/^[a-z]+(?: [a-z]+)+$/);
    }
  });

  it('shares a name with an event only where the two belong together', () => {
    const shared = Object.keys(commands).filter((name) => Object.hasOwn(events, name));
    expect(shared).toEqual([
      'chat:settings',
      'message:read',
      'message:delivered',
      'typing:start',
      'typing:stop',
      'users:online',
    ]);
  });
});

describe('the payload of a command', () => {
  it('may carry keys nobody knows, which are dropped', () => {
    expect(commands['typing:start'].payload.parse({ chatId, since: 'a newer client' })).toEqual({ chatId });
  });

  it('gets its defaults and ids as text', () => {
    expect(commands['chat:history'].payload.parse({ chatId })).toEqual({ chatId, limit: 50 });
    expect(commands['chat:create'].payload.parse({ buyerId: 1, sellerId: '2', productId: 3 })).toEqual({
      buyerId: '1',
      sellerId: '2',
      productId: '3',
    });
    expect(commands['users:online'].payload.parse({ userIds: [1, '1', 'a'] })).toEqual({ userIds: ['1', '1', 'a'] });
  });

  it('may open a chat of two, with or without saying so, or a group', () => {
    const group = { type: 'group', name: ' Delivery ', userIds: [1, 'b-2'] };
    expect(accepts('chat:create', { type: 'direct', buyerId: 1, sellerId: 2 })).toBe(true);
    expect(commands['chat:create'].payload.parse(group)).toEqual({ ...group, name: 'Delivery', userIds: ['1', 'b-2'] });
    expect(accepts('chat:create', { type: 'channel', buyerId: 1, sellerId: 2 })).toBe(false);
    expect(accepts('chat:create', { type: null, buyerId: 1, sellerId: 2 })).toBe(false);
    expect(accepts('chat:create', { ...group, name: '   ' })).toBe(false);
    expect(accepts('chat:create', { ...group, name: 'x'.repeat(101) })).toBe(false);
    expect(accepts('chat:create', { ...group, userIds: [] })).toBe(false);
    expect(accepts('chat:create', { ...group, userIds: [''] })).toBe(false);
  });

  it('never names the service itself as a user', () => {
    expect(accepts('group:add', { chatId, userIds: [''] })).toBe(false);
    expect(accepts('group:remove', { chatId, userId: '' })).toBe(false);
    expect(accepts('chat:create', { buyerId: '', sellerId: 1 })).toBe(false);
  });

  it('may be absent or null where nothing is needed', () => {
    expect(commands['users:online'].payload.parse(undefined)).toEqual({});
    expect(commands['users:online'].payload.parse(null)).toEqual({});
    expect(commands['chat:unread-count'].payload.parse(undefined)).toEqual({});
    for (const payload of [undefined, null, {}]) {
      expect(commands['chat:list'].payload.parse(payload)).toMatchObject({ limit: 30, archived: false });
    }
    expect(commands['users:blocked'].payload.parse(undefined)).toEqual({ limit: 100 });
    expect(commands['users:blocked'].payload.parse(null)).toEqual({ limit: 100 });
    expect(commands['users:blocked'].payload.parse({})).toEqual({ limit: 100 });
  });

  it.each(Object.keys(commands).filter(isCommandName))('of %s is never a list, a number, text or true', (command) => {
    for (const payload of [[], [{ chatId }], 1, 'text', true]) {
      expect(accepts(command, payload), JSON.stringify(payload)).toBe(false);
    }
  });

  it.each(
    Object.keys(commands)
      .filter(isCommandName)
      .filter((name) => !['users:online', 'chat:list', 'chat:unread-count', 'users:blocked'].includes(name)),
  )('of %s is never missing or empty', (command) => {
    for (const payload of [undefined, null, {}]) {
      expect(accepts(command, payload), JSON.stringify(payload)).toBe(false);
    }
  });

  it.each([0, -1, 1e9, 201, 1.5, '10', null, Number.NaN])('takes no limit of %j', (limit) => {
    expect(accepts('chat:history', { chatId, limit })).toBe(false);
    expect(accepts('chat:join', { chatId, limit })).toBe(false);
    expect(accepts('chat:list', { limit })).toBe(false);
  });

  it.each([-1, 1.5, '1', 2 ** 31, null])('takes no place %j in a chat', (seq) => {
    expect(accepts('chat:history', { chatId, beforeSeq: seq })).toBe(false);
    expect(accepts('chat:history', { chatId, afterSeq: seq })).toBe(false);
  });

  it('takes one direction of history, not both', () => {
    expect(accepts('chat:history', { chatId, beforeSeq: 10 })).toBe(true);
    expect(accepts('chat:history', { chatId, afterSeq: 10 })).toBe(true);
    expect(accepts('chat:history', { chatId, beforeSeq: 10, afterSeq: 1 })).toBe(false);
  });

  it.each([
    [{ archived: true, hidden: true }, false],
    [{ archived: true, hidden: false }, true],
    [{ muted: false, mutedUntil: '2999-01-01T00:00:00Z' }, false],
    [{ mutedUntil: '2999-01-01T00:00:00Z' }, true],
    [{ mutedUntil: 'tomorrow' }, false],
    [{ mutedUntil: null }, false],
    [{ muted: 'yes' }, false],
    [{}, true],
  ])('holds settings of a chat together: %j', (change, good) => {
    expect(accepts('chat:settings', { chatId, ...change })).toBe(good);
  });

  it('takes a cursor of any text, but not of any length', () => {
    expect(accepts('chat:list', { cursor: 'x'.repeat(128) })).toBe(true);
    expect(accepts('chat:list', { cursor: 'x'.repeat(129) })).toBe(false);
    expect(accepts('chat:list', { cursor: 7 })).toBe(false);
  });

  it('takes at most 1000 users to ask about', () => {
    const ids = (count: number) => Array.from({ length: count }, (_, index) => index);
    expect(accepts('users:online', { userIds: ids(1_000) })).toBe(true);
    expect(accepts('users:online', { userIds: ids(1_001) })).toBe(false);
  });

  it('takes a query of at most 200 characters, of whatever kind', () => {
    for (const query of ['"', '-', '((', 'or or', "'; drop table", 'x'.repeat(200)]) {
      expect(accepts('message:search', { query }), query).toBe(true);
    }
    expect(accepts('message:search', { query: '' })).toBe(false);
    expect(accepts('message:search', { query: 'x'.repeat(201) })).toBe(false);
    expect(accepts('message:search', { query: 'x', cursor: 'forged' })).toBe(false);
    expect(accepts('message:search', { query: 'x', limit: 51 })).toBe(false);
  });

  it('takes a reason of the list for a report, and a comment of at most 1000 characters', () => {
    const report = { chatId, messageId: chatId, reason: 'spam' };
    expect(accepts('message:report', { ...report, comment: 'x'.repeat(1_000) })).toBe(true);
    expect(accepts('message:report', { ...report, comment: 'x'.repeat(1_001) })).toBe(false);
    expect(accepts('message:report', { ...report, reason: 'boredom' })).toBe(false);
    expect(accepts('message:report', { ...report, comment: null })).toBe(true);
  });

  it('may say null for what is optional in a message', () => {
    expect(accepts('message:send', { chatId, text: 'x', productId: null, clientMessageId: null })).toBe(true);
    expect(accepts('message:send', { chatId, text: null })).toBe(false);
    expect(accepts('message:send', { chatId, text: ['x'] })).toBe(false);
  });
});
