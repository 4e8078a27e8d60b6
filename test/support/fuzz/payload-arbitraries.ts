import fc from 'fast-check';
import { type CommandName, commands } from '../../../src/contract/index.js';
import { payloadOf } from './from-schema.js';

/** An event as it goes over the wire: its name and arguments. */
export type Emission = [event: string, ...args: unknown[]];

/** Values that have broken services before. All of them can travel as JSON. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udfff\ud800',
    '\u202e\ufeff',
    '__proto__',
    'constructor',
    'toString',
    "'; drop table chat.messages; --",
    '{"$ne":null}',
    '../../etc/passwd',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    0,
    -0,
    -1,
    0.1,
    2 ** 31,
    -(2 ** 31) - 1,
    2 ** 53,
    -(2 ** 53),
    1e308,
    5e-324,
    true,
    false,
    [],
    [[]],
    {},
    [null],
    { length: -1 },
    { toString: 'x', valueOf: null, toJSON: 1 },
    JSON.parse('{"then":"x"}'),
    { type: 'Buffer', data: [1, 2, 3] },
    { _placeholder: true, num: 0 },
    JSON.parse('{"__proto__":{"polluted":true}}'),
    JSON.parse('{"constructor":{"prototype":{"polluted":true}}}'),
  ),
  fc.jsonValue({ maxDepth: 4 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.integer({ min: 1_000, max: 6_000 }).map((length) => 'é'.repeat(length)),
  fc.integer({ min: 10, max: 400 }).map((depth) => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)),
  fc.array(fc.nat(), { minLength: 900, maxLength: 1_100, size: 'max' }).map((list) => list.map(String)),
);

/** A good payload with something wrong at one place: a field replaced, taken out, or added. */
function broken(payload: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(payload, fc.nat(), fc.constantFrom('replace', 'remove', 'add', 'nest'), hostileValue)
    .map(([good, choice, how, hostile]) => {
      if (typeof good !== 'object' || good === null || Array.isArray(good)) {
        return hostile;
      }
      const keys = Object.keys(good);
      const key = keys[choice % Math.max(1, keys.length)] ?? 'chatId';
      switch (how) {
        case 'remove':
          return Object.fromEntries(Object.entries(good).filter(([name]) => name !== key));
        case 'add':
          return { ...good, [typeof hostile === 'string' ? hostile : 'extra']: hostile };
        case 'nest':
          return { ...good, [key]: { [key]: hostile } };
        default:
          return { ...good, [key]: hostile };
      }
    });
}

interface Pool {
  chats: readonly string[];
  messages: readonly string[];
  users: readonly number[];
  tokens: readonly string[];
}

/** What is sent as the payload of a command: seldom good, mostly broken in one place, sometimes no payload at all. */
export function payloads(name: CommandName, ids: Pool): fc.Arbitrary<unknown> {
  const token = fc.oneof(fc.constantFrom(...ids.tokens), fc.string({ maxLength: 400 }), hostileValue);
  const good = name === 'auth:refresh-token' ? fc.record({ token }) : payloadOf(name, ids);
  return fc.oneof(
    { weight: 1, arbitrary: good },
    { weight: 6, arbitrary: broken(good) },
    { weight: 2, arbitrary: hostileValue },
  );
}

/** What clients with bugs, and clients with intentions, emit: mostly the contract's commands, mostly with bad payloads. */
export function emissions(ids: Pool): fc.Arbitrary<Emission> {
  const names = Object.keys(commands) as CommandName[];
  const ofCommands = names.map((name) => {
    return fc.oneof(
      { weight: 18, arbitrary: payloads(name, ids).map((value): Emission => [name, value]) },
      { weight: 1, arbitrary: fc.constant<Emission>([name]) },
      { weight: 1, arbitrary: fc.array(hostileValue, { maxLength: 4 }).map((args): Emission => [name, ...args]) },
    );
  });
  const unknown = fc
    .tuple(
      fc.oneof(
        fc.string({ maxLength: 200 }),
        // Names that Socket.IO keeps for itself end the connection; the frames see to those.
        fc.constantFrom('error', 'connection', 'message', '__proto__', 'constructor', 'hasOwnProperty'),
      ),
      hostileValue,
    )
    .map(([name, value]): Emission => [name, value]);
  return fc.oneof({ weight: 12, arbitrary: fc.oneof(...ofCommands) }, { weight: 1, arbitrary: unknown });
}
