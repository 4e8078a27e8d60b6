import fc from 'fast-check';
import { mangled } from './mangled.js';
import { hostileValue } from './payload-arbitraries.js';

/** A frame of a plain WebSocket; a buffer is sent as it is told, which need not be so. */
export type PlainSent = { text: string } | { bytes: Buffer; binary: boolean };

const type = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<unknown>('message', 'typing', 'read_messages') },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>('error', 'connection_established', 'messages_read', 'join', 'frame', 'close'),
  },
  { weight: 1, arbitrary: hostileValue },
);
const field = fc.constantFrom('text', 'is_typing', 'chat_id', 'chatId', 'data', 'type', '__proto__', 'toJSON', 'then');
const frame = fc
  .tuple(type, fc.array(fc.tuple(field, hostileValue), { maxLength: 3 }))
  .map(([name, fields]) => JSON.stringify({ type: name, ...Object.fromEntries(fields) }));

const mangledFrame = mangled(
  '{"type":"message","text":"hello"}',
  '{"type":"typing","is_typing":true}',
  '{"type":"read_messages"}',
  '2/chat,["message:send",{"text":"x"}]',
  '42/chat,0["join","1"]',
  '1/chat,',
  '0/chat,{"token":"x"}',
);

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));

export const plainFrames: fc.Arbitrary<PlainSent> = fc.oneof(
  { weight: 12, arbitrary: frame.map((text) => ({ text })) },
  { weight: 6, arbitrary: mangledFrame.map((text) => ({ text })) },
  { weight: 3, arbitrary: hostileValue.map((value) => ({ text: JSON.stringify(value) })) },
  { weight: 2, arbitrary: bytes.map((data) => ({ bytes: data, binary: true })) },
  // No UTF-8 in most cases.
  { weight: 1, arbitrary: bytes.map((data) => ({ bytes: data, binary: false })) },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 60_000, max: 70_000 })
      .map((length) => ({ text: `{"type":"message","text":"${'x'.repeat(length)}"}` })),
  },
);

/** What follows `/ws/chat/` in the address of an upgrade. */
export const plainAddress: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      fc.constantFrom('', '1', '0', '-1', '1e9', '01', '9'.repeat(16), '9'.repeat(30), '..', '%00', '%31', '1/2', '//'),
      fc.uuid(),
      fc.webPath(),
      fc.string({ maxLength: 20 }).map(encodeURIComponent),
    ),
    fc.constantFrom('', '/', '//'),
    fc.oneof(
      fc.constantFrom('', '?', '?token', '?token=', '?token=a.b.c', '?token=%', '?token=a&token=b'),
      fc.webQueryParameters().map((query) => `?${query}`),
    ),
  )
  .map((parts) => parts.join(''));
