import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChatError } from '../../../src/contract/index.js';
import { catalogue, dialectNames, dialectOf } from '../../../src/dialects/catalogue.js';
import { phrases as ofConversations } from '../../../src/dialects/conversations/phrases.js';
import type { Speaker } from '../../../src/dialects/dialect.js';
import { phrases as ofLive } from '../../../src/dialects/live/phrases.js';
import { messageNumber } from '../../../src/dialects/message-number.js';
import { heard } from '../../../src/dialects/plain-websocket/phrases.js';
import { phrases as ofRooms } from '../../../src/dialects/rooms/phrases.js';
import { CHAT_ID } from '../../support/dialects/every-event.js';
import { speaker } from '../../support/dialects/map-probe.js';

/** Deeper than anything that calls itself for each level can go. */
const DEPTH = 25_000;
const NESTED_TEXT = '['.repeat(DEPTH) + ']'.repeat(DEPTH);

/** Whatever JSON can carry, and what of it is known to be hard. */
const anything = fc.oneof(
  fc.jsonValue(),
  fc.integer(),
  fc.string(),
  fc.constantFrom<unknown>(
    undefined,
    CHAT_ID,
    'GROUP',
    'DIRECT',
    'file.constructor',
    '__proto__',
    '\ud800',
    1.5,
    1e300,
    -1,
    2 ** 53,
    { toString: 1 },
    { toString: null, valueOf: 1 },
    { toJSON: 1 },
    [{ toString: 1 }],
    JSON.parse('{"__proto__":{"toString":1}}'),
    JSON.parse(NESTED_TEXT),
    [JSON.parse(NESTED_TEXT)],
  ),
);

/** All fields that any dialect looks at. */
const FIELDS = [
  ...['chatRoomId', 'content', 'isTyping', 'name', 'type', 'participantIds', 'participantId', 'messageId'],
  ...['conversationId', 'messageType', 'attachmentUrl', 'attachmentName', 'productId', 'tempId', 'userId', 'userType'],
  ...['token', 'participants', 'roomId', 'isOnline', 'buyerId', 'sellerId', 'text', 'is_typing'],
];
const fields = fc.record(Object.fromEntries(FIELDS.map((field) => [field, anything])), { requiredKeys: [] });
const sent = fc.oneof({ weight: 3, arbitrary: fields }, anything);

const speakers: fc.Arbitrary<Speaker> = fc.constantFrom(speaker(), speaker([CHAT_ID]), {
  ...speaker(),
  userId: null,
});

/** @throws what no map may throw */
function demandTotal(read: () => unknown): void {
  try {
    read();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(ChatError);
  }
}

const eventsOf = {
  rooms: Object.keys(ofRooms),
  conversations: Object.keys(ofConversations),
  live: Object.keys(ofLive),
  'plain-websocket': Object.values(heard),
} satisfies Record<keyof typeof catalogue, string[]>;

describe('whatever a client sends', () => {
  it.each(dialectNames)('%s understands it, or says that it does not', (name) => {
    const event = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...eventsOf[name]) }, fc.string());
    fc.assert(
      fc.property(event, fc.array(sent, { maxLength: 2 }), speakers, (called, args, by) => {
        demandTotal(() => dialectOf(name).read(called, args, by));
      }),
      { numRuns: 2_000 },
    );
  });

  it('plain-websocket understands its frames, or says that it does not', () => {
    const type = fc.oneof(fc.constantFrom('message', 'typing', 'read_messages'), anything);
    const frame = fc.record({ type, text: anything, is_typing: anything }, { requiredKeys: ['type'] });
    // What nests deeper than it can be written down is written down by hand.
    const nested = fc.constantFrom(
      ...['type', 'text', 'is_typing'].map((field) => `{"type":"message","${field}":${NESTED_TEXT}}`),
      NESTED_TEXT,
    );
    const text = fc.oneof(
      frame.map((content) => JSON.stringify(content, (_, value) => (isNested(value) ? 'nested' : value))),
      nested,
      fc.string(),
    );
    fc.assert(
      fc.property(text, speakers, (content, by) => {
        demandTotal(() => catalogue['plain-websocket'].read(heard.frame, [content], by));
      }),
      { numRuns: 2_000 },
    );
  });

  const routes = dialectNames.flatMap((name) =>
    (dialectOf(name).routes ?? []).map((route) => ({ named: `${name} ${route.method} ${route.path}`, route })),
  );

  it.each(routes)('$named understands it, or says that it does not', ({ route }) => {
    const hard = ['', '1e300', '-1', '1.5', '16777217', String(messageNumber(1, 1))];
    const text = fc.oneof(fc.string(), fc.integer().map(String), fc.constantFrom(...hard));
    const request = fc.record({
      userId: fc.oneof(fc.nat(), fc.string({ minLength: 1 })),
      fields: fc.record({ conversationId: text }),
      query: fc.record({ before: text, after: text, limit: text, cursor: text }, { requiredKeys: [] }),
      body: sent,
    });
    fc.assert(
      fc.property(request, (asked) => {
        demandTotal(() => route.claims?.(asked.body));
        demandTotal(() => route.read(asked));
      }),
      { numRuns: 500 },
    );
  });
});

function isNested(value: unknown): boolean {
  return Array.isArray(value) && Array.isArray(value[0]) && Array.isArray(value[0][0]);
}
