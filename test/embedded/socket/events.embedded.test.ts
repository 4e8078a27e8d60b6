import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import type { TestClient } from '../../support/chat/test-client.js';
import { expectNoProcessFaults } from '../../support/socket/process-faults.js';
import { RawClient } from '../../support/socket/raw-client.js';

describe('events a client makes up', () => {
  let chat: TestChat;
  /** Connected all the while: what a hostile client does must not be felt here. */
  let bystander: TestClient;
  let raw: RawClient;
  let nextUserId = 1_000;

  expectNoProcessFaults();

  beforeAll(async () => {
    chat = await TestChat.start({ env: { RATE_LIMIT_COMMANDS: '100000' } });
    bystander = await chat.connect(1);
  });
  afterAll(() => chat.stop());

  beforeEach(async () => {
    raw = await RawClient.connect({ url: chat.url() }, chat.marketplace.token({ userId: nextUserId++ }));
  });
  afterEach(async () => {
    raw.close();
    await bystander.barrier();
    expect(bystander.socket.connected).toBe(true);
  });

  /** Answered after everything that was sent before it. */
  async function barrier(): Promise<void> {
    raw.emit('["users:online"]', 999_999);
    await raw.answer(999_999);
  }

  const oddNames = [
    ['an unknown name', '"message:shout"'],
    ['a name of the server', '"message:new"'],
    ['error', '"error"'],
    ['connection', '"connection"'],
    ['__proto__', '"__proto__"'],
    ['constructor', '"constructor"'],
    ['prototype', '"prototype"'],
    ['toString', '"toString"'],
    ['hasOwnProperty', '"hasOwnProperty"'],
    ['the empty name', '""'],
    ['a number', '5'],
    ['a number below zero', '-1.5'],
    ['a command in another case', '"Message:Send"'],
    ['a command with a space', '"message:send "'],
    ['a name with a NUL character', '"message\\u0000send"'],
    ['a name with a lone surrogate', '"message:\\ud800"'],
    ['a name of 10,000 characters', JSON.stringify('x'.repeat(10_000))],
  ];

  it.each(oddNames)('%s is answered once, as unknown', async (_case, name) => {
    raw.emit(`[${name},{"text":"hello"}]`, 1);
    const answer = await raw.answer(1);
    await barrier();

    expect(answer).toEqual({
      success: false,
      error: {
        code: 'UNKNOWN_EVENT',
        message: expect.stringMatching(/^unable to run command; /),
        retryable: false,
      },
    });
    expect(raw.answers(1)).toHaveLength(1);
    expect(raw.received('error')).toEqual([]);
  });

  it.each(oddNames)('%s without an ack is told as the event error, once', async (_case, name) => {
    raw.emit(`[${name},{"text":"hello"}]`);
    await barrier();

    expect(raw.received('error')).toEqual([
      {
        code: 'UNKNOWN_EVENT',
        message: expect.stringMatching(/^unable to run command; /),
        event: String(JSON.parse(name)).slice(0, 128),
      },
    ]);
  });

  // The protocol keeps these names for itself; a client that sends one is no Socket.IO client.
  it.each(['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'])(
    'the reserved name %s ends the connection, and only that',
    async (name) => {
      raw.emit(JSON.stringify([name, {}]), 1);
      await raw.closed();

      expect(raw.answers(1)).toEqual([]);
    },
  );

  it.each([
    ['no name', '[]'],
    ['null for a name', '[null]'],
    ['true for a name', '[true,{}]'],
    ['an object for a name', '[{"toString":1},{}]'],
    ['an array for a name', '[["users:online"]]'],
    ['no array', '{"name":"users:online"}'],
    ['text', '"users:online"'],
    ['JSON that is cut off', '["users:online",{'],
    ['JSON nested without end', '['.repeat(60_000)],
  ])('a packet with %s ends the connection, and only that', async (_case, json) => {
    raw.emit(json, 1);
    await raw.closed();

    expect(raw.answers(1)).toEqual([]);
  });

  it.each([
    ['a packet of an unknown type', '49/chat,'],
    ['a frame of an unknown type', 'hello'],
    ['an announced attachment that is text', '451-/chat,1["users:online",{"_placeholder":true,"num":0}]|4'],
    ['attachments without a number', '45-/chat,1["users:online"]'],
    ['more attachments than anybody sends', '4599999999-/chat,1["users:online"]'],
    ['an event for a namespace it did not join', '42/admin,1["users:online"]'],
  ])('%s ends the connection, and only that', async (_case, frames) => {
    for (const frame of frames.split('|')) {
      raw.send(frame);
    }
    await raw.closed();

    expect(raw.answers(1)).toEqual([]);
  });

  it('a binary frame that nothing announced ends the connection, and only that', async () => {
    raw.send(Buffer.from('unannounced'));
    await raw.closed();
  });

  it('a placeholder without its attachment ends the connection, and only that', async () => {
    raw.send('451-/chat,1["chat:join",{"_placeholder":true,"num":7}]');
    raw.send(Buffer.from('attachment'));
    await raw.closed();

    expect(raw.answers(1)).toEqual([]);
  });

  it('a broken packet is no business of the console', async () => {
    const written = vi.spyOn(console, 'error');
    raw.emit('["disconnect"]');
    await raw.closed();

    expect(written).not.toHaveBeenCalled();
    written.mockRestore();
  });

  it('the namespaces that are not the chat let nobody in', async () => {
    raw.send('40');
    const refusal = await raw.frame((frame) => frame.startsWith('44{'));
    expect(JSON.parse(refusal.slice(2))).toEqual({ message: expect.stringContaining('/chat') });

    raw.send('40/admin,{}');
    await raw.frame((frame) => frame.startsWith('44/admin,'));
    await barrier();
  });

  it('an ack that nobody asked for is ignored', async () => {
    raw.send('43/chat,1["done"]');
    raw.send('43/chat,0[]');
    await barrier();

    expect(raw.open).toBe(true);
  });
});
