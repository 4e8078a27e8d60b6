import fc from 'fast-check';
import { mangled } from './mangled.js';
import { hostileValue } from './payload-arbitraries.js';

/** One or more WebSocket messages that belong together, such as a binary event and its attachments. */
export type Frames = readonly (string | Buffer)[];

const bytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

const digits = fc.oneof(
  fc.nat().map(String),
  fc.constantFrom('', '0', '00', '-1', '9007199254740993', '9'.repeat(30), '1e9', '٣'),
);
const namespace = fc.oneof(
  fc.constantFrom('/chat,', '/chat', '', '/,', '/chat/,', '/CHAT,', '/chat?token=x,', '/__proto__,', ',', '/chat,,'),
  fc.string({ maxLength: 40 }).map((name) => `/${name},`),
);
const eventName = fc.constantFrom(
  'chat:join',
  'message:send',
  'users:online',
  'error',
  'connect',
  'disconnect',
  'connect_error',
  'newListener',
);
const body = fc.oneof(
  fc.tuple(eventName, hostileValue).map((data) => JSON.stringify(data)),
  hostileValue.map((value) => JSON.stringify(value)),
  fc.constantFrom(
    '[',
    '["',
    '["e",',
    '{}',
    '[]',
    '[null]',
    '[1,2]',
    '[{}]',
    '[["e"]]',
    'null',
    '"e"',
    '{"sid":1}',
    'NaN',
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

/** Socket.IO packets put together from parts, each of which may be wrong. */
const packet = fc
  .tuple(fc.constantFrom('0', '1', '2', '2', '2', '3', '4', '5', '6', '7', '9', '-', ''), namespace, digits, body)
  .map(([type, name, id, data]) => `4${type}${name}${id}${data}`);

/** Binary packets: attachments may be missing, too many, out of range, or no attachments at all. */
const binaryPacket: fc.Arbitrary<Frames> = fc
  .tuple(
    fc.constantFrom('5', '6'),
    fc.oneof(fc.integer({ min: 0, max: 3 }).map(String), digits),
    fc.constantFrom('/chat,', '/chat,1', ''),
    fc.array(fc.constantFrom('0', '1', '-1', '99', '"0"', 'null', '1.5', '"__proto__"'), { maxLength: 3 }),
    fc.array(fc.oneof(bytes(64), fc.string({ maxLength: 20 })), { maxLength: 3 }),
  )
  .map(([type, count, name, nums, attachments]) => {
    const placeholders = nums.map((num) => `{"_placeholder":true,"num":${num}}`).join(',');
    return [`4${type}${count}-${name}["message:send"${placeholders === '' ? '' : `,${placeholders}`}]`, ...attachments];
  });

const mangledPacket = mangled(
  '42/chat,17["chat:join",{"chatId":"018f0000-0000-7000-8000-000000000000"}]',
  '42/chat,["typing:start",{"chatId":null}]',
  '40/chat,{"token":"x"}',
  '43/chat,1[{"success":true}]',
  '451-/chat,["message:send",{"_placeholder":true,"num":0}]',
);

/** What Socket.IO's parser gets to see. */
export const socketIoFrames: fc.Arbitrary<Frames> = fc.oneof(
  { weight: 5, arbitrary: packet.map((frame) => [frame]) },
  { weight: 3, arbitrary: mangledPacket.map((frame) => [frame]) },
  { weight: 2, arbitrary: binaryPacket },
);

/** What engine.io's parser gets to see: packet types beyond Socket.IO's, empty and binary frames, and too long ones. */
export const engineIoFrames: fc.Arbitrary<Frames> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('0', '1', '2', '3', '5', '6', '7', 'b', ' ', '\u001e'), body)
      .map((parts) => [parts.join('')]),
  },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 100 }).map((frame) => [frame]) },
  { weight: 3, arbitrary: bytes(300).map((frame) => [frame]) },
  { weight: 1, arbitrary: fc.constantFrom<Frames>([''], [Buffer.alloc(0)], ['2probe'], ['5'], ['3probe'], ['1']) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 60_000, max: 90_000 }).map((length) => [`42/chat,["${'x'.repeat(length)}"]`]),
  },
);

/** Bodies of a polling client's POST: several packets, in base64 or not, with separators where none should be. */
export const pollingBody: fc.Arbitrary<Buffer> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(
        fc.oneof(
          packet,
          mangledPacket,
          bytes(40).map((raw) => `b${raw.toString('base64')}`),
          fc.constantFrom('2', '3', '1', '6', ''),
        ),
        { maxLength: 6 },
      )
      .map((packets) => Buffer.from(packets.join('\u001e'))),
  },
  { weight: 3, arbitrary: bytes(200) },
  { weight: 1, arbitrary: fc.tuple(digits, packet).map(([length, data]) => Buffer.from(`${length}:${data}`)) },
  { weight: 1, arbitrary: fc.integer({ min: 64_000, max: 80_000 }).map((length) => Buffer.alloc(length, 0x1e)) },
);

/** Query strings of a handshake. */
export const handshakeQuery: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(
      fc.constantFrom('EIO', 'transport', 'sid', 't', 'b64', 'j', 'token', '__proto__'),
      fc.oneof(
        fc.constantFrom('4', '3', 'polling', 'websocket', 'webtransport', '', '0'),
        fc.string({ maxLength: 30 }),
      ),
    ),
    { maxLength: 6 },
  )
  .map((pairs) => pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&'));

/** A WebSocket frame by the byte: opcode, flags, mask and length may each lie about what follows. */
export const webSocketBytes: fc.Arbitrary<Buffer> = fc
  .array(
    fc
      .tuple(
        fc.integer({ min: 0, max: 255 }),
        fc.oneof(fc.constantFrom(0, 1, 125, 126, 127, 128, 129, 253, 254, 255), fc.integer({ min: 0, max: 255 })),
        bytes(24),
        bytes(120),
      )
      .map(([first, second, extended, payload]) => Buffer.concat([Buffer.from([first, second]), extended, payload])),
    { minLength: 1, maxLength: 4 },
  )
  .map((frames) => Buffer.concat(frames));
