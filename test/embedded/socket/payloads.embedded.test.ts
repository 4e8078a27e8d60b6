import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CommandName, commands } from '../../../src/contract/index.js';
import { TestChat } from '../../support/chat/test-chat.js';
import type { TestClient } from '../../support/chat/test-client.js';
import { createGroup } from '../../support/chats/participants.js';
import { goodPayloads } from '../../support/socket/good-payloads.js';
import { expectNoProcessFaults } from '../../support/socket/process-faults.js';
import { RawClient } from '../../support/socket/raw-client.js';

const BUYER = 10;
const SELLER = 20;
const COURIER = 30;
const names = Object.keys(commands) as CommandName[];
/** Commands that mean something without a payload. */
const payloadIsOptional = new Set<CommandName>(['users:online', 'chat:list', 'chat:unread-count', 'users:blocked']);

const DEEP_LIST = '['.repeat(10_000) + ']'.repeat(10_000);
const DEEP_OBJECT = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;

/** Commands that take away what they need: done once, they are refused as a stranger's are. */
const spent = new Set<CommandName>(['group:leave']);

/** What is sent in place of a payload, as JSON. `null` as a payload is told apart below. */
const notPayloads: [string, string][] = [
  ['an empty array', '[]'],
  ['an array with a payload in it', '[{"chatId":"x"}]'],
  ['text', '"hello"'],
  ['a NUL character', '"\\u0000"'],
  ['a number', '5'],
  ['true', 'true'],
  ['a list nested 10,000 times', DEEP_LIST],
];

/** What is sent in place of a field's value, as JSON: hardly a field of any command takes one of these. */
const notValues: [string, string][] = [
  ['true', 'true'],
  ['a fraction', '1.5'],
  ['a negative number', '-1'],
  ['a number beyond every integer', '1e300'],
  ['an object', '{}'],
  ['a list of lists', '[[]]'],
  ['text with a NUL character', '"a\\u0000b"'],
  ['text with a lone surrogate', '"a\\ud800b"'],
  ['a list nested 10,000 times', DEEP_LIST],
];

/** Keys that no payload has, as JSON text: in an object literal the first would not be a key at all. */
const INTRUDERS = [
  '"__proto__":{"polluted":true,"chatId":"x","token":"x"}',
  '"constructor":{"prototype":{"polluted":true}}',
  '"prototype":{"polluted":true}',
  '"toString":1',
  '"hasOwnProperty":false',
  '"then":"a promise?"',
  '"senderId":"somebody else"',
  '"session":{"userId":"somebody else"}',
  `"unknown":${DEEP_LIST}`,
].join(',');

/** Words for values that fit after all, and for values that are text as any other to the contract, and wrong for another reason. */
const otherCodes: Record<string, string> = {
  // A room that is no chat's is left as one that was never joined.
  'chat:leave chatId: text with a NUL character': 'success',
  'chat:leave chatId: text with a lone surrogate': 'success',
  // Text that is no UUID names a chat that cannot exist, and is answered like one that does not.
  'chatId: text with a NUL character': 'CHAT_NOT_FOUND',
  'chatId: text with a lone surrogate': 'CHAT_NOT_FOUND',
  'auth:refresh-token token: text with a NUL character': 'TOKEN_INVALID',
  'auth:refresh-token token: text with a lone surrogate': 'TOKEN_INVALID',
  'archived: true': 'success',
  'hidden: true': 'success',
  'muted: true': 'success',
};

describe('payloads that do not fit', () => {
  let chat: TestChat;
  let buyer: TestClient;
  let bystander: TestClient;
  let raw: RawClient;
  let payloads: Record<string, Record<string, unknown>>;
  let nextId = 1;

  expectNoProcessFaults();

  beforeAll(async () => {
    chat = await TestChat.start({
      env: { RATE_LIMIT_COMMANDS: '100000', RATE_LIMIT_MESSAGES: '100000', RATE_LIMIT_SEARCHES: '100000' },
    });
    bystander = await chat.connect(SELLER);
    buyer = await chat.connect(BUYER);
    const { id: chatId } = await buyer.get('chat:create', { buyerId: BUYER, sellerId: SELLER });
    const token = chat.marketplace.token({ userId: BUYER });
    const { id: messageId } = await buyer.get('message:send', { chatId, text: 'is it still there?' });
    const { id: theirMessageId } = await bystander.get('message:send', { chatId, text: 'it is' });
    const group = { groupId: await newGroup(), memberId: COURIER, otherMemberId: SELLER };
    payloads = goodPayloads({
      chatId,
      messageId,
      theirMessageId,
      buyerId: BUYER,
      sellerId: SELLER,
      ...group,
      token,
    }) as typeof payloads;
  });
  afterAll(() => chat.stop());

  beforeEach(async () => {
    raw = await RawClient.connect({ url: chat.url() }, chat.marketplace.token({ userId: BUYER }));
  });
  afterEach(async () => {
    expect(raw.open).toBe(true);
    raw.close();
    await bystander.barrier();
  });

  const newGroup = () => createGroup(buyer, [SELLER, COURIER]);

  /** Sends a payload, given as JSON, with an ack and without, and returns the code that both were answered with. */
  async function codeOf(command: CommandName, ...json: string[]): Promise<string> {
    const id = nextId++;
    const event = `[${[JSON.stringify(command), ...json].join(',')}]`;
    const before = raw.received('error').length;
    raw.emit(event, id);
    raw.emit(event);
    const answer = await raw.answer(id);
    // Commands run side by side; the connection's own order holds for what needs no I/O, so both answers are awaited.
    const refusals = answer.success && !spent.has(command) ? 0 : 1;
    await expect.poll(() => raw.received('error').length).toBe(before + refusals);
    await barrier();

    expect(raw.answers(id)).toHaveLength(1);
    if (answer.success) {
      return 'success';
    }
    expect(raw.received('error').slice(before)).toEqual([
      { code: answer.error.code, message: answer.error.message, event: command },
    ]);
    expect(answer.error.message).toMatch(new RegExp(`^unable to ${commands[command].operation}; `));
    return answer.error.code;
  }

  async function barrier(): Promise<void> {
    const id = nextId++;
    raw.emit('["users:online"]', id);
    await raw.answer(id);
  }

  function withField(command: CommandName, field: string, json: string): string {
    const others = Object.entries(payloads[command] ?? {}).filter(([name]) => name !== field);
    const fields = [...others.map(([name, value]) => [name, JSON.stringify(value)]), [field, json]];
    return `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
  }

  describe.each(names)('to %s', (command) => {
    beforeEach(async () => {
      if (spent.has(command)) {
        payloads[command] = { chatId: await newGroup() };
      }
    });

    it.each(notPayloads)('as %s are refused as VALIDATION_FAILED, once', async (_case, json) => {
      expect(await codeOf(command, json)).toBe('VALIDATION_FAILED');
    });

    it('that are missing, null or without any field are answered once', async () => {
      const expected = payloadIsOptional.has(command) ? 'success' : 'VALIDATION_FAILED';
      expect(await codeOf(command)).toBe(expected);
      expect(await codeOf(command, 'null')).toBe(expected);
      expect(await codeOf(command, '{}')).toBe(expected);
      expect(await codeOf(command, DEEP_OBJECT)).toBe(expected);
    });

    it.each(notValues)('in a field, as %s, are refused once, by the name of the field', async (kind, json) => {
      for (const [field, value] of Object.entries(payloads[command] ?? {})) {
        const payload = withField(command, field, Array.isArray(value) ? `[${json}]` : json);
        expect(await codeOf(command, payload), field).toBe(
          otherCodes[`${command} ${field}: ${kind}`] ?? otherCodes[`${field}: ${kind}`] ?? 'VALIDATION_FAILED',
        );
      }
    });

    it('that would reach into objects change nothing: their keys are ignored as all unknown keys are', async () => {
      const known = JSON.stringify(payloads[command]).slice(1, -1);
      const fields = [known, INTRUDERS].filter((part) => part !== '').join(',');

      expect(await codeOf(command, `{${fields}}`)).toBe('success');
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
    });

    it('are no reason to doubt a good one', async () => {
      expect(await codeOf(command, JSON.stringify(payloads[command]))).toBe('success');
    });

    // The one without a field that could be wrong.
    if (command !== 'chat:unread-count') {
      it('are told by the place that is wrong, with no value in it', async () => {
        const id = nextId++;
        const fields = Object.keys(payloads[command] ?? {});
        const wrong = fields.map((field) => `${JSON.stringify(field)}:{"secret":"a secret"}`).join(',');
        raw.emit(`["${command}",{${wrong}}]`, id);
        const answer = await raw.answer(id);

        expect(answer).toMatchObject({ success: false, error: { code: 'VALIDATION_FAILED', retryable: false } });
        const { details } = (answer as { error: { details: { path: string }[] } }).error;
        expect(details.map(({ path }) => path).sort()).toEqual(fields.sort());
        expect(JSON.stringify(answer)).not.toContain('secret');
      });
    }
  });
});
