import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Beat, decodeBeat, decodeFrame, encodeBeat, encodeFrame, type Frame } from '../../../src/cluster/frame.js';

const text = fc.string({ unit: 'grapheme' });
const number = fc.nat({ max: Number.MAX_SAFE_INTEGER });

const frames: fc.Arbitrary<Frame> = fc.record({
  from: text,
  number,
  first: number,
  complete: fc.boolean(),
  again: fc.boolean(),
  drop: fc.array(text),
  add: fc.array(text),
  ask: fc.boolean(),
  answer: fc.option(number),
  publishes: fc.array(
    fc.tuple(
      text,
      fc.oneof(
        text,
        fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      ),
    ),
  ),
});

const beats: fc.Arbitrary<Beat> = fc.record({
  from: text,
  kind: fc.constantFrom('start', 'alive', 'bye'),
  sent: fc.dictionary(fc.uuid(), number).map((sent) => ({ ...sent })),
});

test('a frame arrives as it was sent, binary payloads and all', () => {
  fc.assert(
    fc.property(frames, (frame) => {
      expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
    }),
  );
});

test('a beat arrives as it was sent', () => {
  fc.assert(
    fc.property(beats, (beat) => {
      expect(decodeBeat(encodeBeat(beat))).toEqual(beat);
    }),
  );
});
