import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.js';
import { catalogue } from '../../../src/dialects/catalogue.js';
import { EnabledDialects } from '../../../src/translation/enabled-dialects.js';

function speaking(env: Record<string, string>): EnabledDialects {
  return new EnabledDialects(loadConfig(env).config);
}

describe('the dialect of a connection', () => {
  it('is none by default', () => {
    expect(speaking({}).choose(undefined, 'events')).toBeNull();
    expect(speaking({}).all).toEqual([]);
  });

  it.each(['rooms', '000'])('is the one that the client names %s', (choice) => {
    expect(speaking({ DIALECTS: 'live, rooms' }).choose(choice, 'events')).toBe(catalogue.rooms);
  });

  it.each(['conversations', '002'])("is the deployment's default %s, which is enabled by that alone", (name) => {
    const dialects = speaking({ DEFAULT_DIALECT: name });
    expect(dialects.all).toEqual([catalogue.conversations]);
    expect(dialects.choose(undefined, 'events')).toBe(catalogue.conversations);
  });

  it('is none for who asks for the canonical contract', () => {
    expect(speaking({ DEFAULT_DIALECT: 'live' }).choose('canonical', 'events')).toBeNull();
  });

  it('is none where the default is for another wire', () => {
    expect(speaking({ DEFAULT_DIALECT: 'plain-websocket' }).choose(undefined, 'events')).toBeNull();
  });

  it.each([
    ['is not enabled', 'conversations'],
    ['is none', 'klingon'],
    ['is for another wire', 'plain-websocket'],
    ['is no name', { name: 'rooms' }],
    ['is a name that objects have', 'constructor'],
  ])('that %s is refused, with those that there are', (_, choice) => {
    expect(() => speaking({ DIALECTS: 'rooms,live,plain-websocket' }).choose(choice, 'events')).toThrowError(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        message:
          'unable to connect; this connection can speak canonical, rooms, live; pass one of them as auth.dialect, or none',
      }),
    );
  });
});
