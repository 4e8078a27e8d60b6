import { describe, expect, it } from 'vitest';
import { toSettingsChange } from '../../../src/inbox/settings-change.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const LATER = '2026-03-01T12:00:00.001Z';

describe('what a change of settings comes to', () => {
  it.each([
    [{}, null, []],
    [{ archived: true }, 'archive', []],
    [{ hidden: true }, 'hidden', []],
    [{ archived: false }, null, ['archive']],
    [{ hidden: false }, null, ['hidden']],
    [{ archived: false, hidden: false }, null, ['archive', 'hidden']],
    [{ archived: true, hidden: false }, 'archive', ['hidden']],
    [{ archived: false, hidden: true }, 'hidden', ['archive']],
  ] as const)('for the place of the chat: %j', (wanted, putInto, takeOutOf) => {
    expect(toSettingsChange(wanted, NOW)).toEqual({ putInto, takeOutOf, mute: undefined });
  });

  it.each([
    [{}, undefined],
    [{ muted: true }, 'infinity'],
    [{ muted: false }, null],
    [{ mutedUntil: LATER }, new Date(LATER)],
    [{ muted: true, mutedUntil: LATER }, new Date(LATER)],
    [{ mutedUntil: NOW.toISOString() }, null],
    [{ muted: true, mutedUntil: '0000-01-01T00:00:00Z' }, null],
  ] as const)('for its noise: %j', (wanted, mute) => {
    expect(toSettingsChange(wanted, NOW).mute).toEqual(mute);
  });
});
