import { describe, expect, it } from 'vitest';
import { LocalSockets } from '../../../src/presence/local-sockets.js';

describe('the sockets of this instance', () => {
  it('are known by their user until the last one goes', () => {
    const local = new LocalSockets();
    local.add('1', 'a');
    local.add('1', 'b');
    local.add('2', 'c');
    expect(local.all()).toEqual([
      { userId: '1', socketIds: ['a', 'b'] },
      { userId: '2', socketIds: ['c'] },
    ]);

    local.remove('1', 'a');
    expect(local.has('1', 'a')).toBe(false);
    expect(local.has('1', 'b')).toBe(true);
    expect(local.online(['1', '2', '3'])).toEqual(new Set(['1', '2']));

    local.remove('1', 'b');
    local.remove('1', 'b');
    expect(local.online(['1', '2'])).toEqual(new Set(['2']));
    expect(local.all()).toEqual([{ userId: '2', socketIds: ['c'] }]);
  });
});
