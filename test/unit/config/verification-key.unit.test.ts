import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.js';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('the key that local signature checks use', () => {
  it('is absent by default: the marketplace API judges alone', () => {
    expect(loadConfig({}).config.auth.verificationKey).toBeNull();
  });

  it('is a shared secret', () => {
    expect(loadConfig({ JWT_SECRET: 'hush' }).config.auth.verificationKey).toEqual({ kind: 'secret', key: 'hush' });
  });

  it('is a public key, with line breaks as they are or written \\n', () => {
    const oneLine = publicKey.replaceAll('\n', '\\n');

    for (const JWT_PUBLIC_KEY of [publicKey, oneLine]) {
      const { verificationKey } = loadConfig({ JWT_PUBLIC_KEY }).config.auth;
      expect(verificationKey).toEqual({ kind: 'public', key: publicKey });
      expect(createPublicKey(verificationKey?.key ?? '').asymmetricKeyType).toBe('ec');
    }
  });

  it('is not both', () => {
    expect(() => loadConfig({ JWT_SECRET: 'hush', JWT_PUBLIC_KEY: publicKey })).toThrow(
      'unable to read configuration; JWT_PUBLIC_KEY cannot stand beside JWT_SECRET; set one of them',
    );
  });

  it('is not a private key, which this service must not hold', () => {
    expect(() => loadConfig({ JWT_PUBLIC_KEY: privateKey })).toThrow('JWT_PUBLIC_KEY must be a public key in PEM form');
  });
});
