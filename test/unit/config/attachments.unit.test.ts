import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../../src/config/load-config.js';

const production = { NODE_ENV: 'production', DATABASE_URL: 'postgres://db/marketplace', REDIS_URL: 'redis://cache' };
const store = { S3_BUCKET: 'chat-files', S3_PUBLIC_URL: 'https://uploads.example/chat/' };

/** What is wrong with an environment, by variable. */
function problems(env: Record<string, string>): string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems.map(({ variable }) => variable);
    }
    throw error;
  }
  return [];
}

describe('attachments', () => {
  it('may lie nowhere by default, and uploads are off', () => {
    const { config } = loadConfig({});
    expect(config.attachments).toMatchObject({ hosts: [], allowHttp: false, maxBytes: 20_971_520, maxCount: 10 });
    expect(config.attachments.mimeTypes).not.toContain('text/html');
    expect(config.attachments.mimeTypes).not.toContain('image/svg+xml');
    expect(config.uploads).toBeNull();
  });

  it('may lie on the hosts that are listed, and where uploads are read', () => {
    const { config } = loadConfig({ ...store, ATTACHMENT_HOSTS: 'Files.Example, *.cdn.example,files.example:8443' });
    expect(config.attachments.hosts).toEqual([
      'files.example',
      '*.cdn.example',
      'files.example:8443',
      'uploads.example',
    ]);
  });

  it.each([
    '*',
    '*.*.example',
    'a.*.example',
    'https://files.example',
    'files.example/path',
    'user@files.example',
    'files.example:443',
    'files.example,',
    'files example',
    '2130706433',
  ])('cannot be allowed on %j', (ATTACHMENT_HOSTS) => {
    expect(problems({ ATTACHMENT_HOSTS })).toEqual(['ATTACHMENT_HOSTS']);
  });

  it.each([
    'localhost:9000',
    '127.0.0.1',
    '10.1.2.3:9000',
    '[::1]:9000',
    'minio',
    'files.internal',
    'nas.local',
    '*.svc.cluster.local',
    'files.example,localhost',
  ])('may lie on %s while developing, and not in production', (ATTACHMENT_HOSTS) => {
    expect(problems({ ATTACHMENT_HOSTS })).toEqual([]);
    expect(problems({ ...production, ATTACHMENT_HOSTS })).toEqual(['ATTACHMENT_HOSTS']);
    expect(problems({ NODE_ENV: 'production', EMBEDDED: 'true', ATTACHMENT_HOSTS })).toEqual(['ATTACHMENT_HOSTS']);
  });

  it('may lie on names of the world in production', () => {
    expect(problems({ ...production, ATTACHMENT_HOSTS: 'files.example,*.cdn.example,home.shop.example:8443' })).toEqual(
      [],
    );
  });

  it('are never plain http in production', () => {
    expect(problems({ ATTACHMENT_HTTP: 'true' })).toEqual([]);
    expect(problems({ ...production, ATTACHMENT_HTTP: 'true' })).toEqual(['ATTACHMENT_HTTP']);
  });

  it.each(['image/*', 'png', 'text/plain; charset=utf-8', 'image/png,'])(
    'cannot have the types %j',
    (ATTACHMENT_TYPES) => {
      expect(problems({ ATTACHMENT_TYPES })).toEqual(['ATTACHMENT_TYPES']);
    },
  );
});

describe('uploads', () => {
  it('are on with a bucket and the place where clients read it', () => {
    expect(loadConfig({ ...production, ...store }).config.uploads).toEqual({
      bucket: 'chat-files',
      region: 'us-east-1',
      endpoint: null,
      credentials: null,
      publicUrl: 'https://uploads.example/chat',
      expirySeconds: 300,
    });
  });

  it('are signed with a key of their own where there is one', () => {
    const keys = { S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'hush' };
    expect(loadConfig({ ...store, ...keys }).config.uploads?.credentials).toEqual({
      accessKeyId: 'id',
      secretAccessKey: 'hush',
    });
    expect(problems({ ...store, S3_ACCESS_KEY_ID: 'id' })).toEqual(['S3_SECRET_ACCESS_KEY']);
    expect(problems({ ...store, S3_SECRET_ACCESS_KEY: 'hush' })).toEqual(['S3_ACCESS_KEY_ID']);
  });

  it('are not on without the place where clients read them', () => {
    expect(problems({ S3_BUCKET: 'chat-files' })).toEqual(['S3_PUBLIC_URL']);
  });

  it.each([
    ['over plain http', 'http://uploads.example'],
    ['with a query', 'https://uploads.example/?key='],
    ['with a fragment', 'https://uploads.example/#'],
    ['with a user', 'https://user:hush@uploads.example'],
    ['somewhere else', 'uploads.example'],
  ])('are not read %s', (_case, S3_PUBLIC_URL) => {
    expect(problems({ ...store, S3_PUBLIC_URL })).toEqual(['S3_PUBLIC_URL']);
  });

  it('may go to a store on this machine while developing', () => {
    const local = {
      S3_BUCKET: 'chat-files',
      S3_ENDPOINT: 'http://localhost:9000',
      S3_PUBLIC_URL: 'http://localhost:9000/chat-files',
    };
    const { config } = loadConfig({ ...local, ATTACHMENT_HTTP: 'true' });
    expect(config.uploads?.endpoint).toBe('http://localhost:9000');
    expect(config.attachments).toMatchObject({ hosts: ['localhost:9000'], allowHttp: true });
    expect(problems({ ...production, ...store, S3_PUBLIC_URL: 'https://localhost:9000/chat-files' })).toEqual([
      'S3_PUBLIC_URL',
    ]);
  });

  it('have names of the store, and warn about names that look like them', () => {
    expect(problems({ ...store, S3_BUCKET: 'Not A Bucket' })).toEqual(['S3_BUCKET']);
    expect(loadConfig({ S3_BUCKETT: 'x' }).warnings).toEqual([
      'unknown variable S3_BUCKETT is ignored; is it misspelt?',
    ]);
  });
});
