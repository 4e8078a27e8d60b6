import { describe, expect, it } from 'vitest';
import { toMarketplaceUser } from '../../../src/auth/marketplace-user.js';

const noProfile = { username: null, firstName: null, lastName: null, avatarUrl: null, role: null };

describe('the user in the answer of the marketplace', () => {
  it.each([
    ['bare id', { id: 123 }],
    ['bare userId', { userId: 123 }],
    ['bare sub', { sub: '123' }],
    ['data.id', { data: { id: 123 } }],
    ['data.userId', { data: { userId: '123' } }],
    ['data.sub', { data: { sub: '123' } }],
    ['user.id', { user: { id: '123' } }],
    ['user.userId', { success: true, user: { userId: 123 } }],
    ['user.sub', { user: { sub: '123' } }],
    ['data.user.id', { data: { user: { id: 123 } } }],
    ['user.data.id', { user: { data: { id: 123 } } }],
  ])('is found as %s', (_where, body) => {
    expect(toMarketplaceUser(body)).toEqual({ userId: '123', profile: noProfile });
  });

  it('has an opaque id: text is kept as it is', () => {
    const id = '0f9a7c1e-5b1d-4e51-9f5e-0d8f3f9a2b11';
    expect(toMarketplaceUser({ id })?.userId).toBe(id);
    expect(toMarketplaceUser({ id: '0123' })?.userId).toBe('0123');
    expect(toMarketplaceUser({ id: 0 })?.userId).toBe('0');
  });

  it('goes by the first usable id, past unusable ones', () => {
    expect(toMarketplaceUser({ id: null, userId: -1, sub: '7' })?.userId).toBe('7');
    expect(toMarketplaceUser({ id: '', data: { id: 7 } })?.userId).toBe('7');
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['text, as malformed JSON is', '{"id":123,"user'],
    ['a number', 123],
    ['a list', [{ id: 123 }]],
    ['no id', { ok: true }],
    ['an empty id', { id: '' }],
    ['an id with a NUL character', { id: 'a\u0000b' }],
    ['an id with a lone surrogate', { id: 'a\ud800' }],
    ['an id too long', { id: 'x'.repeat(129) }],
    ['an id that is no whole number', { id: 1.5 }],
    ['an id that a number cannot hold', { id: 2 ** 53 }],
    ['an id that is an object', { id: { value: 123 } }],
    ['a list of users', { data: [{ id: 123 }] }],
  ])('is nobody for %s', (_case, body) => {
    expect(toMarketplaceUser(body)).toBeNull();
  });
});

describe('the profile in the answer of the marketplace', () => {
  const profile = {
    username: 'anna',
    firstName: 'Anna',
    lastName: 'Berg',
    avatarUrl: 'https://shop.example/anna.png',
    role: 'buyer',
  };

  it.each([
    ['camel case', { ...profile }],
    [
      'snake case',
      {
        login: 'anna',
        first_name: 'Anna',
        last_name: 'Berg',
        avatar_url: 'https://shop.example/anna.png',
        user_type: 'buyer',
      },
    ],
    ['short names', { userName: 'anna', name: 'Anna', lastName: 'Berg', avatar: profile.avatarUrl, userType: 'buyer' }],
  ])('is read from %s, beside the id', (_case, fields) => {
    expect(toMarketplaceUser({ data: { id: 1, ...fields } })).toEqual({ userId: '1', profile });
  });

  it('leaves out what is no usable text, and never costs the user the login', () => {
    const fields = { username: 7, firstName: '  ', lastName: null, avatarUrl: 'x'.repeat(513), role: ['admin'] };
    expect(toMarketplaceUser({ id: 1, ...fields })).toEqual({ userId: '1', profile: noProfile });
  });

  it('keeps nothing else: no mail address, no password hash', () => {
    const user = toMarketplaceUser({ id: 1, email: 'anna@shop.example', passwordHash: '$2b$10$abc' });
    expect(JSON.stringify(user)).not.toMatch(/shop\.example|2b/);
  });
});
