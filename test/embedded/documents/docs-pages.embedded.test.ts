import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asyncApiDocument } from '../../../src/documents/asyncapi.js';
import { openApiDocument } from '../../../src/documents/openapi.js';
import { TestChat } from '../../support/chat/test-chat.js';

describe('the documents that the service shows', () => {
  let chat: TestChat;

  beforeAll(async () => {
    chat = await TestChat.start();
  });
  afterAll(() => chat.stop());

  const get = (path: string): Promise<Response> => fetch(`${chat.url()}/docs${path}`);

  it.each([
    ['/openapi.json', openApiDocument],
    ['/asyncapi.json', asyncApiDocument],
  ])('%s is the document of the contract, without a token', async (path, document) => {
    const response = await get(path);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(document())));
  });

  it('/docs leads to all of them', async () => {
    const index = await (await get('')).text();
    const links = [...index.matchAll(/href="\/docs(\/[^"]+)"/g)].map(([, path]) => path ?? '');

    expect(links).toEqual(expect.arrayContaining(['/socket', '/rest', '/openapi.json', '/asyncapi.json']));
    for (const path of links) {
      expect((await get(path)).status, path).toBe(200);
    }
  });

  it.each(['', '/socket', '/rest'])('the page /docs%s is closed to scripts and frames of others', async (path) => {
    const response = await get(path);
    const policy = response.headers.get('content-security-policy') ?? '';

    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(policy).toMatch(/^default-src 'none';.* frame-ancestors 'none'/);
    expect(policy).not.toMatch(/script-src[^;]*(unsafe|\*|http)/);
    const page = await response.text();
    expect(page).not.toMatch(/<script(?![^>]*\ssrc="\/docs\/)|\son\w+=|https?:\/\//i);
  });

  it('serves the files of the pages and no other', async () => {
    for (const name of ['docs.css', 'rest.js', 'swagger-ui.css', 'swagger-ui-bundle.js']) {
      const response = await get(`/assets/${name}`);
      expect(response.status, name).toBe(200);
      expect(response.headers.get('content-type')).toMatch(name.endsWith('.css') ? /^text\/css/ : /^text\/javascript/);
      expect((await response.text()).length).toBeGreaterThan(0);
    }
    for (const name of ['index.html', 'package.json', '..%2F..%2Fpackage.json', 'constructor', 'documents.module.ts']) {
      expect((await get(`/assets/${name}`)).status, name).toBe(404);
    }
  });
});
