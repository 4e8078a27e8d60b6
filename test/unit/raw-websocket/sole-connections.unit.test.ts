import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SoleClaim } from '../../../src/delivery/delivery.js';
import { SoleConnections } from '../../../src/raw-websocket/sole-connections.js';

interface Connection {
  id: string;
  open: boolean;
  giveWay(): void;
}

let lastId = 0;

function connection(): Connection {
  lastId += 1;
  const opened: Connection = {
    id: `connection-${lastId}`,
    open: true,
    giveWay: () => {
      opened.open = false;
    },
  };
  return opened;
}

/** Instances whose words to each other arrive when the test says so, in order. */
class Instances {
  readonly all: SoleConnections[];
  readonly #underWay: { to: number; claims: readonly SoleClaim[] }[] = [];

  /** @param clocks what each instance takes for the time */
  constructor(...clocks: number[]) {
    this.all = clocks.map(
      (clock, from) =>
        new SoleConnections(
          (claims) => this.#underWay.push(...clocks.flatMap((_, to) => (to === from ? [] : [{ to, claims }]))),
          () => clock,
        ),
    );
  }

  open(instance: number, key = 'key'): Connection {
    const opened = connection();
    this.all[instance]?.hold(key, opened);
    return opened;
  }

  deliverOne(): boolean {
    const next = this.#underWay.shift();
    if (next !== undefined) {
      this.all[next.to]?.hear(next.claims);
    }
    return next !== undefined;
  }

  deliver(): void {
    let delivered = 0;
    while (this.deliverOne()) {
      delivered += 1;
      // Two that told each other for ever would fill the network.
      expect(delivered).toBeLessThan(10_000);
    }
  }

  lose(): void {
    this.#underWay.length = 0;
  }
}

describe('one connection per key', () => {
  it('is the newest on one instance', () => {
    const instances = new Instances(0);
    const [first, second] = [instances.open(0), instances.open(0)];
    expect([first.open, second.open]).toEqual([false, true]);
  });

  it('leaves other keys alone', () => {
    const instances = new Instances(0, 0);
    const [one, other] = [instances.open(0, 'one'), instances.open(1, 'other')];
    instances.deliver();
    expect([one.open, other.open]).toEqual([true, true]);
  });

  it.each([
    ['in step', [1_000, 1_000]],
    ['ahead where the older one is', [90_000, 1_000]],
    ['ahead where the newer one is', [1_000, 90_000]],
  ])('is the newest over instances whose clocks are %s', (_, clocks) => {
    const instances = new Instances(...clocks);
    const first = instances.open(0);
    instances.deliver();
    const second = instances.open(1);
    instances.deliver();
    const third = instances.open(0);
    instances.deliver();
    expect([first.open, second.open, third.open]).toEqual([false, false, true]);
  });

  it('is one of those that were opened at once', () => {
    const instances = new Instances(5, 5, 5);
    const opened = [0, 1, 2].map((instance) => instances.open(instance));
    instances.deliver();
    expect(opened.filter(({ open }) => open)).toHaveLength(1);
  });

  it('is settled once instances that did not hear each other repeat what they hold', () => {
    const instances = new Instances(1_000, 1_000);
    const first = instances.open(0);
    const second = instances.open(1);
    instances.lose();
    expect([first.open, second.open]).toEqual([true, true]);

    instances.all[0]?.repeat();
    instances.deliver();

    expect([first.open, second.open].filter(Boolean)).toHaveLength(1);
  });

  it('gives its place back when it is closed, and not when an older one is', () => {
    const instances = new Instances(0);
    const [older, newer] = [instances.open(0), instances.open(0)];
    instances.all[0]?.release('key', older);
    const third = instances.open(0);
    expect(newer.open).toBe(false);
    instances.all[0]?.release('key', third);
    instances.open(0);
    expect(third.open).toBe(true);
  });

  it('is one in the end, whatever is opened when and heard when', () => {
    const step = fc.oneof(
      fc.record({ open: fc.nat({ max: 2 }) }),
      fc.record({ hear: fc.nat({ max: 4 }) }),
      fc.constant('lose' as const),
    );
    fc.assert(
      fc.property(fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)), fc.array(step, { maxLength: 30 }), (clocks, steps) => {
        const instances = new Instances(...clocks);
        const opened: Connection[] = [];
        for (const next of steps) {
          if (next === 'lose') {
            instances.lose();
          } else if ('open' in next) {
            opened.push(instances.open(next.open));
          } else {
            for (let heard = 0; heard < next.hear; heard++) {
              instances.deliverOne();
            }
          }
        }
        for (const instance of instances.all) {
          instance.repeat();
        }
        instances.deliver();
        expect(opened.filter(({ open }) => open)).toHaveLength(opened.length === 0 ? 0 : 1);
      }),
    );
  });
});
