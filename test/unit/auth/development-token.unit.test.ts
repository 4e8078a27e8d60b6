import { describe, expect, it } from 'vitest';
import { developmentSession } from '../../../src/auth/development-token.js';
import { decodeToken } from '../../../src/auth/token.js';

const NOW = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

describe('a development token', () => {
  it.each([
    ['123:influencer', '123', 'influencer'],
    ['user-1:brand', 'user-1', 'brand'],
  ])('%s is a user of a type, for a day', (token, userId, role) => {
    expect(developmentSession(token, NOW, 7)).toEqual({
      userId,
      expiresAt: NOW + DAY_MS,
      asOf: 7,
      profile: { username: null, firstName: null, lastName: null, avatarUrl: null, role },
    });
  });

  it.each(['123', '123:', ':brand', '1:2:3', '1 2:brand', `${'x'.repeat(129)}:brand`, 'a.b.c'])(
    '%j is none',
    (token) => {
      expect(developmentSession(token, NOW, 0)).toBeNull();
    },
  );

  it('is never taken for a JSON Web Token, nor the other way round', () => {
    expect(() => decodeToken('123:brand', 'connect', NOW)).toThrow('not a JSON Web Token');
  });
});
