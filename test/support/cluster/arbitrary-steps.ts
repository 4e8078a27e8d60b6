import fc from 'fast-check';
import type { Step } from './simulated-cluster.js';

const instance = fc.nat({ max: 3 });
/** Short ones heal before anybody is taken for dead, long ones after. */
const outageMs = fc.oneof(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1_000, max: 12_000 }));

/** About as long as a starting instance waits for the others, and a little longer. */
const introductionMs = fc.integer({ min: 2_900, max: 4_200 });

const wait: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('wait'),
  ms: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 100, max: 7_000 })),
});

const traffic: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('join', 'leave', 'broadcast'),
  instance,
  room: fc.constantFrom('a', 'b'),
});

const comingAndGoing: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('start') }),
  fc.record({ kind: fc.constant('stop'), instance }),
);

const fault: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('kill'), instance }),
  fc.record({ kind: fc.constant('block'), instance, ms: fc.oneof(outageMs, introductionMs) }),
  fc.record({ kind: fc.constantFrom('cutPublisher', 'cutSubscriber'), instance, ms: outageMs }),
  fc.record({ kind: fc.constant('cutBoth'), instance, ms: outageMs, lagMs: fc.integer({ min: 0, max: 900 }) }),
  fc.record({ kind: fc.constantFrom('restartRedis', 'stallRedis'), ms: outageMs }),
);

/** Instances come and go and talk, and everything between them breaks. Short stories leave less room for one fault to hide another. */
export const stormySteps: fc.Arbitrary<Step[]> = fc.oneof(
  fc.array(fc.oneof(traffic, wait, fault), { maxLength: 8, size: 'max' }),
  fc.array(fc.oneof(traffic, wait, wait, fault, comingAndGoing), { maxLength: 30, size: 'max' }),
);

/** Instances come and go and talk over a Redis that is at most slow. */
export const calmSteps: fc.Arbitrary<Step[]> = fc.array(fc.oneof(traffic, wait, comingAndGoing), {
  maxLength: 30,
  size: 'max',
});
