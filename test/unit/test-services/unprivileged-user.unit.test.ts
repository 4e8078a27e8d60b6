import { describe, expect, it } from 'vitest';
import { unprivilegedAccount } from '../../support/services/unprivileged-user.js';

const ROOT = 'root:x:0:0:root:/root:/bin/bash';
const NOBODY = 'nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin';
const POSTGRES = 'postgres:x:101:104:PostgreSQL administrator:/var/lib/postgresql:/bin/bash';

describe('the account that runs servers for root', () => {
  it('is postgres where there is one', () => {
    expect(unprivilegedAccount([ROOT, NOBODY, POSTGRES, ''].join('\n'))).toEqual({ uid: 101, gid: 104 });
  });

  it('is nobody where there is none', () => {
    expect(unprivilegedAccount([ROOT, NOBODY].join('\n'))).toEqual({ uid: 65534, gid: 65533 });
  });

  it('is never one with the rights of root', () => {
    expect(unprivilegedAccount('postgres:x:0:0::/root:/bin/sh')).toBeNull();
    expect(unprivilegedAccount(ROOT)).toBeNull();
  });
});
