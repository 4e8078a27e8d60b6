import fc from 'fast-check';
import { encode } from 'notepack.io';
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

test('what was cut off, and what is of others, is no frame and no beat, and throws nothing', () => {
  const cutOff = fc.tuple(fc.oneof(frames.map(encodeFrame), beats.map(encodeBeat)), fc.nat());
  fc.assert(
    fc.property(cutOff, ([whole, at]) => {
      const part = whole.subarray(0, at % whole.length);
      expect([decodeFrame(part), decodeBeat(part)]).toEqual([null, null]);
    }),
  );
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array().map(Buffer.from), fc.object().map(encode), fc.array(fc.anything()).map(encode)),
      (strange) => {
        expect([decodeFrame(strange), decodeBeat(strange)]).toEqual([null, null]);
      },
    ),
  );
});

test('a frame is no beat, and a beat no frame', () => {
  fc.assert(
    fc.property(frames, beats, (frame, beat) => {
      expect([decodeBeat(encodeFrame(frame)), decodeFrame(encodeBeat(beat))]).toEqual([null, null]);
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
