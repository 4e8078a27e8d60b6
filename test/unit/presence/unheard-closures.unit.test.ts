import { beforeEach, describe, expect, it } from 'vitest';
import { UnheardClosures } from '../../../src/presence/unheard-closures.js';

describe('sockets that closed unheard', () => {
  let unheard: UnheardClosures;

  beforeEach(() => {
    unheard = new UnheardClosures();
  });

  it('are handed over once, by user', () => {
    unheard.add([{ userId: '1', socketIds: ['a'] }]);
    unheard.add([
      { userId: '2', socketIds: ['b'] },
      { userId: '1', socketIds: ['c'] },
    ]);

    expect(unheard.take()).toEqual([
      { userId: '1', socketIds: ['a', 'c'] },
      { userId: '2', socketIds: ['b'] },
    ]);
    expect(unheard.take()).toEqual([]);
  });

  it('count once, however often their removal fails', () => {
    for (let attempt = 0; attempt < 1_000; attempt++) {
      unheard.add([{ userId: '1', socketIds: ['a', 'b'] }]);
      unheard.add(unheard.take());
    }

    expect(unheard.take()).toEqual([{ userId: '1', socketIds: ['a', 'b'] }]);
  });

  it('of one user who comes and goes through an outage stay few, the first among them', () => {
    for (let index = 0; index < 10_000; index++) {
      unheard.add([{ userId: '1', socketIds: [`socket-${index}`] }]);
    }
    const [user] = unheard.take();

    expect(user?.socketIds).toHaveLength(20);
    expect(user?.socketIds[0]).toBe('socket-0');
  });
});
