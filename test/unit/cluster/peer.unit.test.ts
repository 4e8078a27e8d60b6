import { describe, expect, test } from 'vitest';
import type { Frame } from '../../../src/cluster/frame.js';
import { Peer } from '../../../src/cluster/peer.js';

/** Two sides of one conversation: `here` is what A knows of B, `there` what B knows of A. */
function conversation({ firstNumber = 1 } = {}) {
  const here = new Peer('B', 0, firstNumber);
  const there = new Peer('A', 0);
  const interests = { here: new Set<string>(), there: new Set<string>() };
  return {
    here,
    there,
    interests,
    fromHere: () => here.nextFrame('A', interests.here),
    fromThere: () => there.nextFrame('B', interests.there),
    /** Carries frames both ways until neither side has anything to say. @returns how many */
    exchange(): number {
      for (let frames = 0; frames < 20; ) {
        const [out, back] = [here.nextFrame('A', interests.here), there.nextFrame('B', interests.there)];
        if (out === null && back === null) {
          return frames;
        }
        for (const [frame, receiver] of [[out, there] as const, [back, here] as const]) {
          if (frame !== null) {
            frames++;
            receiver.receive(frame, 0);
          }
        }
      }
      throw new Error('the conversation does not end');
    },
  };
}

function announce({ here, interests }: ReturnType<typeof conversation>, interest: string): void {
  interests.here.add(interest);
  here.announce(interest, true);
}

describe('what one instance knows of another', () => {
  test('until the other has told what it wants, everything may concern it, and nothing may be left out for it', () => {
    const { here } = conversation();

    expect(here.wants('chat:a')).toBe(true);
    expect(here.has('covered:a:1')).toBe(false);
  });

  test('after both have introduced themselves each knows what the other wants', () => {
    const both = conversation();
    both.interests.there.add('chat:b');

    expect(both.exchange()).toBeLessThanOrEqual(6);

    expect(both.here.wants('chat:b')).toBe(true);
    expect(both.here.wants('chat:a')).toBe(false);
    expect([both.here.inOrder, both.there.inOrder]).toEqual([true, true]);
  });

  test('changes of one turn travel as their outcome', () => {
    const both = conversation();
    announce(both, 'chat:left');
    both.exchange();

    both.here.announce('chat:left', false);
    both.here.announce('chat:blink', true);
    both.here.announce('chat:blink', false);
    both.here.announce('chat:stay', false);
    both.here.announce('chat:stay', true);

    expect(both.fromHere()).toMatchObject({ complete: false, drop: ['chat:left', 'chat:blink'], add: ['chat:stay'] });
  });

  test('a frame that follows the last one is in order, and one that does not shows a gap', () => {
    const both = conversation();
    both.exchange();
    both.here.publish(['c', '1']);
    const next = both.fromHere() as Frame;
    both.here.publish(['c', '2']);
    both.fromHere();
    both.here.publish(['c', '3']);
    const afterLost = both.fromHere() as Frame;

    expect(both.there.receive(next, 0)).toBe(false);
    expect(both.there.receive(afterLost, 0)).toBe(true);
  });

  test('the first frame of all may be the one that is missing', () => {
    const both = conversation();
    both.fromHere();
    both.here.doubt();
    const second = both.fromHere() as Frame;

    expect(second.complete).toBe(true);
    expect(both.there.receive(second, 0)).toBe(true);
  });

  test('a conversation that does not begin with number 1 is in order from its first frame', () => {
    const both = conversation({ firstNumber: 40 });

    expect(both.there.receiveBeat(both.here.sent, 0)).toBe(false);
    expect(both.there.receive(both.fromHere() as Frame, 0)).toBe(false);
    expect(both.here.sent).toBe(40);
  });

  test.each([1, 40])(
    'a number left out before frame %d shows as a gap, in the first frame that comes',
    (firstNumber) => {
      const both = conversation({ firstNumber });
      both.here.leaveNumberOut();

      expect(both.there.receive(both.fromHere() as Frame, 0)).toBe(true);
      both.here.publish(['c', 'next']);
      expect(both.there.receive(both.fromHere() as Frame, 0)).toBe(false);
    },
  );

  test('a number left out shows in a beat, where that comes before the first frame', () => {
    const both = conversation();
    both.here.leaveNumberOut();

    expect(both.there.receiveBeat(both.here.sent, 0)).toBe(true);
    expect(both.there.receive(both.fromHere() as Frame, 0)).toBe(false);
  });

  test('a beat that names a later frame than the last one shows what is missing, once', () => {
    const both = conversation();
    both.exchange();
    both.here.publish(['c', 'lost']);
    both.fromHere();

    expect(both.there.receiveBeat(both.here.sent, 0)).toBe(true);
    expect(both.there.receiveBeat(both.here.sent, 0)).toBe(false);
  });

  test('a beat of one that does not know us shows that something is missing, and that it lives', () => {
    const { here } = conversation();

    expect(here.receiveBeat(undefined, 7_000)).toBe(true);
    expect(here.isSilentSince(6_999)).toBe(false);
  });

  test('doubt makes both sides tell everything once, and ends', () => {
    const both = conversation();
    announce(both, 'chat:a');
    both.exchange();

    both.here.doubt();
    both.there.doubt();

    expect(both.here.wants('chat:anything')).toBe(true);
    expect(both.exchange()).toBeLessThanOrEqual(6);
    expect(both.here.wants('chat:anything')).toBe(false);
    expect(both.there.wants('chat:a')).toBe(true);
  });
});

describe('waiting until the other knows', () => {
  test('an announcement is settled when its answer has come', () => {
    const both = conversation();
    both.exchange();
    announce(both, 'chat:a');
    let settled = false;

    expect(both.here.whenSettled(() => (settled = true))).toBe(true);
    both.there.receive(both.fromHere() as Frame, 0);
    expect(settled).toBe(false);
    both.here.receive(both.fromThere() as Frame, 0);

    expect(settled).toBe(true);
    expect(both.here.whenSettled(() => undefined)).toBe(false);
  });

  test('a peer that has not been told anything yet is not settled, though nothing was announced to it', () => {
    const both = conversation();
    let settled = false;

    expect(both.here.whenSettled(() => (settled = true))).toBe(true);
    both.exchange();

    expect(settled).toBe(true);
  });

  test('a lost question is asked again with everything, and its waiters go on', () => {
    const both = conversation();
    both.exchange();
    announce(both, 'chat:a');
    let settled = false;
    both.here.whenSettled(() => (settled = true));
    both.fromHere();

    expect(both.there.receiveBeat(both.here.sent, 0)).toBe(true);
    both.there.doubt();
    both.exchange();

    expect(settled).toBe(true);
    expect(both.there.wants('chat:a')).toBe(true);
  });

  test('a lost answer is given again', () => {
    const both = conversation();
    both.exchange();
    announce(both, 'chat:a');
    let settled = false;
    both.here.whenSettled(() => (settled = true));
    both.there.receive(both.fromHere() as Frame, 0);
    both.fromThere();

    expect(both.here.receiveBeat(both.there.sent, 0)).toBe(true);
    both.here.doubt();
    both.exchange();

    expect(settled).toBe(true);
  });

  test('after a wait in vain the peer is out of order until it answers', () => {
    const both = conversation();
    both.exchange();
    announce(both, 'chat:a');
    const late = both.fromHere() as Frame;
    expect(both.here.inOrder).toBe(true);

    both.here.awaitAnswer();
    expect(both.here.inOrder).toBe(false);
    both.there.receive(late, 0);
    both.here.receive(both.fromThere() as Frame, 0);

    expect(both.here.inOrder).toBe(true);
  });

  test('nobody waits for a peer that has gone', () => {
    const both = conversation();
    both.exchange();
    announce(both, 'chat:a');
    let settled = false;
    both.here.whenSettled(() => (settled = true));

    both.here.abandon();

    expect(settled).toBe(true);
  });
});
