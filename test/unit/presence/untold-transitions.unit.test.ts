import { describe, expect, it } from 'vitest';
import { UntoldTransitions } from '../../../src/presence/untold-transitions.js';

const noon = new Date('2026-01-01T12:00:00Z');

describe('transitions that contacts have not been told of', () => {
  it('are handed over once', () => {
    const untold = new UntoldTransitions();
    untold.cameOnline(['ann', 'ben']);
    untold.wentOffline(['cid'], noon);

    expect([...untold.take()]).toEqual([
      ['ann', null],
      ['ben', null],
      ['cid', noon],
    ]);
    expect(untold.take().size).toBe(0);
  });

  it('are of each user the latest only', () => {
    const untold = new UntoldTransitions();
    untold.cameOnline(['ann']);
    untold.wentOffline(['ann', 'ben'], noon);
    untold.cameOnline(['ben']);

    expect(Object.fromEntries(untold.take())).toEqual({ ann: noon, ben: null });
  });

  it('are kept when they could not be told, unless something newer happened meanwhile', () => {
    const untold = new UntoldTransitions();
    untold.cameOnline(['ann', 'ben']);
    const failed = untold.take();
    untold.wentOffline(['ann'], noon);
    untold.restore(failed);

    expect(Object.fromEntries(untold.take())).toEqual({ ann: noon, ben: null });
  });
});
