import { describe, expect, it } from 'vitest';
import { ObjectStore } from '../../../src/attachments/object-store.js';

const terms = { key: 'chats/c/r/table.jpg', mimeType: 'image/jpeg', size: 1 };
const config = {
  bucket: 'chat-files',
  region: 'eu-central-1',
  endpoint: null,
  credentials: Object.freeze({ accessKeyId: 'id', secretAccessKey: 'secret' }),
  publicUrl: 'https://uploads.example/chat',
  expirySeconds: 60,
};

describe('the form of an upload', () => {
  it('goes to the bucket of the region at AWS', async () => {
    const { url, fields } = await new ObjectStore(config).uploadForm(terms);
    expect(url).toMatch(/^https:\/\/chat-files\.s3\.eu-central-1\.amazonaws\.com\/?$/);
    expect(fields.key).toBe(terms.key);
  });

  it('goes to the bucket by its path at any other store, which may have no name for each bucket', async () => {
    const { url } = await new ObjectStore({ ...config, endpoint: 'https://s3.example:9000' }).uploadForm(terms);
    expect(url).toMatch(/^https:\/\/s3\.example:9000\/chat-files\/?$/);
  });

  it.each([
    ['image/jpeg', 'inline'],
    ['image/svg+xml', 'attachment'],
    ['image/svg', 'attachment'],
    ['image/xml', 'attachment'],
    ['text/html', 'attachment'],
    ['application/pdf', 'attachment'],
  ])('lets browsers treat %s as %s', async (mimeType, disposition) => {
    const { fields } = await new ObjectStore(config).uploadForm({ ...terms, mimeType });
    expect(fields).toMatchObject({ 'Content-Type': mimeType, 'Content-Disposition': disposition });
  });

  it('leads to where clients read', () => {
    expect(new ObjectStore(config).addressOf(terms.key)).toBe('https://uploads.example/chat/chats/c/r/table.jpg');
  });
});
