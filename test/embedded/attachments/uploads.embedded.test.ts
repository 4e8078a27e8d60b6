import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CommandData } from '../../../src/contract/index.js';
import { StoreStub } from '../../support/attachments/store-stub.js';
import { TestChat } from '../../support/chat/test-chat.js';
import { connectPair, joinedPair, newUserId, type Pair, UNLIMITED } from '../../support/chats/participants.js';
import { expectRefusal } from '../../support/chats/refusal.js';

type Upload = CommandData<'upload:create'>;

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret/with+signs' };
const BUCKET = { bucket: 'chat-files', region: 'eu-central-1' };
const photo = { name: 'Walnut table.jpg', mimeType: 'image/jpeg', size: 11 };
const content = 'eleven byte';

describe('an upload', () => {
  let store: StoreStub;
  let chat: TestChat;
  let pair: Pair;

  beforeAll(async () => {
    store = await StoreStub.start({ ...BUCKET, ...KEYS });
    chat = await TestChat.start({
      env: {
        ...UNLIMITED,
        S3_BUCKET: BUCKET.bucket,
        S3_REGION: BUCKET.region,
        S3_ENDPOINT: store.url,
        S3_ACCESS_KEY_ID: KEYS.accessKeyId,
        S3_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
        S3_PUBLIC_URL: `${store.url}/${BUCKET.bucket}/`,
        ATTACHMENT_HTTP: 'true',
        ATTACHMENT_MAX_BYTES: '1000',
        UPLOAD_EXPIRY_SECONDS: '60',
      },
    });
    pair = await joinedPair(chat);
  });
  afterEach(() => {
    store.now = () => new Date();
  });
  afterAll(async () => {
    await chat.stop();
    await store.stop();
  });

  const create = (file: Partial<typeof photo> = {}): Promise<Upload> =>
    pair.buyer.get('upload:create', { chatId: pair.chatId, ...photo, ...file });

  /** Uploads as a page does. */
  async function post(
    { url, fields }: Pick<Upload, 'url' | 'fields'>,
    body = content,
  ): Promise<{ status: number; text: string }> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) {
      form.append(name, value);
    }
    form.append('file', new Blob([body]), 'blob');
    const response = await fetch(url, { method: 'POST', body: form });
    return { status: response.status, text: await response.text() };
  }

  function policyOf({ fields }: Upload): { expiration: string; conditions: unknown[] } {
    return JSON.parse(Buffer.from(fields.Policy ?? '', 'base64').toString());
  }

  it('goes straight to the store, and the other one reads from there what was attached', async () => {
    const { buyer, seller, chatId } = pair;
    const upload = await create();
    expect(await post(upload)).toEqual({ status: 201, text: '' });

    const attachment = { ...photo, url: upload.fileUrl };
    await buyer.get('message:send', { chatId, text: '', attachments: [attachment] });

    const [received] = (await seller.event('message:new')).attachments;
    expect(received).toEqual(attachment);
    const response = await fetch(received?.url ?? '');
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    expect(await response.text()).toBe(content);
  });

  it('is held by its policy to the key, the type, the size and the time that were agreed, and to nothing less', async () => {
    const before = Date.now();
    const upload = await create();

    const { key, 'X-Amz-Credential': credential, 'X-Amz-Date': date } = upload.fields;
    expect(key).toMatch(new RegExp(`^chats/${pair.chatId}/[0-9a-f-]{36}/Walnut-table\\.jpg$`));
    expect(credential).toMatch(/^AKIDEXAMPLE\/\d{8}\/eu-central-1\/s3\/aws4_request$/);
    const { expiration, conditions } = policyOf(upload);
    expect(conditions).toHaveLength(9);
    expect(conditions).toEqual(
      expect.arrayContaining([
        ['content-length-range', 11, 11],
        { bucket: 'chat-files' },
        { key },
        { 'Content-Type': 'image/jpeg' },
        { 'Content-Disposition': 'inline' },
        { success_action_status: '201' },
        { 'X-Amz-Algorithm': 'AWS4-HMAC-SHA256' },
        { 'X-Amz-Credential': credential },
        { 'X-Amz-Date': date },
      ]),
    );
    expect(upload.fileUrl).toBe(`${store.url}/chat-files/${key}`);
    expect(upload.url).toMatch(new RegExp(`^${store.url}/chat-files/?$`));
    expect(Date.parse(expiration)).toBeGreaterThanOrEqual(Date.parse(upload.expiresAt));
    expect(Date.parse(upload.expiresAt)).toBeGreaterThan(before + 58_000);
    expect(Date.parse(expiration)).toBeLessThanOrEqual(Date.now() + 60_000);
    expect(JSON.stringify(upload)).not.toContain(KEYS.secretAccessKey);
  });

  it.each([
    ['under another key', { key: 'chats/of-others/table.jpg' }, 'AccessDenied: key'],
    ['as another type', { 'Content-Type': 'text/html' }, 'AccessDenied: Content-Type'],
    ['to be shown where it should be saved', { 'Content-Disposition': '' }, 'AccessDenied: Content-Disposition'],
    ['with rights of its own', { acl: 'public-read-write' }, 'AccessDenied: extra input field acl'],
    ['with another signature', { 'X-Amz-Signature': 'ab'.repeat(32) }, 'SignatureDoesNotMatch'],
    [
      'with the key of somebody else',
      { 'X-Amz-Credential': 'OTHER/20260101/eu-central-1/s3/aws4_request' },
      'InvalidAccessKeyId',
    ],
  ])('is not taken %s', async (_case, change, text) => {
    const upload = await create();
    expect(await post({ ...upload, fields: { ...upload.fields, ...change } })).toEqual({ status: 403, text });
    expect(store.objects.has(upload.fields.key ?? '')).toBe(false);
  });

  it('is not taken with a policy that somebody made wider', async () => {
    const upload = await create();
    const wider = { ...policyOf(upload), conditions: [['content-length-range', 0, 1e12]] };
    const Policy = Buffer.from(JSON.stringify(wider)).toString('base64');
    expect((await post({ ...upload, fields: { ...upload.fields, Policy } })).text).toBe('SignatureDoesNotMatch');
  });

  it('is not taken when it is larger or smaller than announced, or comes too late', async () => {
    const upload = await create();
    for (const body of ['', content.slice(1), `${content}!`]) {
      expect(await post(upload, body)).toEqual({ status: 403, text: 'AccessDenied: content-length-range' });
    }
    store.now = () => new Date(Date.parse(policyOf(upload).expiration));
    expect(await post(upload)).toEqual({ status: 403, text: 'AccessDenied: policy expired' });
    store.now = () => new Date(Date.parse(upload.expiresAt) - 1);
    expect(await post(upload)).toMatchObject({ status: 201 });
  });

  it('of the same name has a place of its own each time', async () => {
    const uploads = await Promise.all(Array.from({ length: 10 }, () => create()));
    expect(new Set(uploads.map(({ fileUrl }) => fileUrl)).size).toBe(10);
  });

  it('of anything but an image is saved by browsers rather than shown', async () => {
    const upload = await create({ name: 'invoice.pdf', mimeType: 'application/pdf' });
    expect(upload.fields).toMatchObject({ 'Content-Type': 'application/pdf', 'Content-Disposition': 'attachment' });
  });

  it.each([
    ['a type that cannot be attached', { mimeType: 'image/svg+xml' }, 'ATTACHMENT_REFUSED'],
    ['more bytes than an attachment has', { size: 1_001 }, 'ATTACHMENT_REFUSED'],
    ['no bytes', { size: 0 }, 'VALIDATION_FAILED'],
    ['a path for a name', { name: '../table.jpg' }, 'VALIDATION_FAILED'],
  ] as const)('is not offered for %s', async (_case, file, code) => {
    const failure = await pair.buyer.failure('upload:create', { chatId: pair.chatId, ...photo, ...file });
    expectRefusal(failure, code);
  });

  it('is offered to members only', async () => {
    const stranger = await chat.connect(newUserId());
    expectRefusal(await stranger.failure('upload:create', { chatId: pair.chatId, ...photo }), 'CHAT_NOT_FOUND');
  });
});

describe('where uploads cannot be had', () => {
  const running: TestChat[] = [];

  async function start(env: Record<string, string>): Promise<Pair> {
    const chat = await TestChat.start({ env });
    running.push(chat);
    return connectPair(chat);
  }

  afterEach(async () => {
    vi.unstubAllEnvs();
    await Promise.all(running.splice(0).map((chat) => chat.stop()));
  });

  it('because there is no store, a member is told so, and attachments from elsewhere go on', async () => {
    const { buyer, chatId } = await start({ S3_BUCKET: '', S3_PUBLIC_URL: '' });
    expectRefusal(await buyer.failure('upload:create', { chatId, ...photo }), 'UPLOADS_DISABLED');
    const attachments = [{ ...photo, url: 'https://files.example/table.jpg' }];
    expect(await buyer.get('message:send', { chatId, text: '', attachments })).toMatchObject({ type: 'image' });
    const uploaded = [{ ...photo, url: 'https://uploads.example/table.jpg' }];
    expectRefusal(
      await buyer.failure('message:send', { chatId, text: '', attachments: uploaded }),
      'ATTACHMENT_REFUSED',
    );
  });

  it('because nobody has the keys, a member is told to try again', async () => {
    for (const [name, value] of Object.entries({
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_ACCESS_KEY_ID: '',
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: '',
      AWS_WEB_IDENTITY_TOKEN_FILE: '',
    })) {
      vi.stubEnv(name, value);
    }
    const { buyer, chatId } = await start({ S3_ACCESS_KEY_ID: '', S3_SECRET_ACCESS_KEY: '' });
    expectRefusal(await buyer.failure('upload:create', { chatId, ...photo }), 'UNAVAILABLE');
  });
});
