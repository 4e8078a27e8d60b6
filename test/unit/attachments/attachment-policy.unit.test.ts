import { describe, expect, it } from 'vitest';
import { admitAttachments, admitFile } from '../../../src/attachments/attachment-policy.js';
import { type Attachment, ChatError } from '../../../src/contract/index.js';

const policy = {
  hosts: ['files.example', '*.cdn.example', 'localhost:9000'],
  allowHttp: false,
  mimeTypes: ['image/jpeg', 'application/pdf'],
  maxBytes: 1_000,
  maxCount: 3,
};

function file(fields: Partial<Attachment> = {}): Attachment {
  return { url: 'https://files.example/a.jpg', name: 'a.jpg', size: 1_000, mimeType: 'image/jpeg', ...fields };
}

function refusal(...files: Attachment[]): ChatError {
  try {
    admitAttachments(files, policy, 'send message');
  } catch (error) {
    if (error instanceof ChatError) {
      return error;
    }
    throw error;
  }
  throw new Error('the attachments were admitted');
}

/** The address as it would be kept. */
const admit = (url: string, rules = policy) => admitAttachments([file({ url })], rules, 'send message')[0]?.url;

describe('the address of an attachment', () => {
  it.each([
    'https://files.example/a.jpg',
    'https://a.cdn.example/x?y=1#z',
    'https://b.a.cdn.example/',
    'https://localhost:9000/bucket/key',
  ])('may be %s', (url) => {
    expect(admit(url)).toBe(url);
  });

  it.each([
    ['HTTPS://FILES.EXAMPLE/a.jpg', 'https://files.example/a.jpg'],
    ['https://files.example:443/a.jpg', 'https://files.example/a.jpg'],
    ['\thttps://files.ex\nample/a b\u0000.jpg ', 'https://files.example/a%20b%00.jpg'],
    ['https:\\\\files.example\\a.jpg', 'https://files.example/a.jpg'],
    ['https://files.example/../../a.jpg', 'https://files.example/a.jpg'],
    ['https://ｆiles.example/a.jpg', 'https://files.example/a.jpg'],
  ])('%j is kept in the one form that was judged', (url, kept) => {
    expect(admit(url)).toBe(kept);
  });

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' java\nscript:alert(1)',
    'javascript://files.example/%0aalert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:msgbox(1)',
    'blob:https://files.example/7c1d',
    'file:///etc/passwd',
    'ftp://files.example/a.jpg',
    'http://files.example/a.jpg',
  ])('may not have another scheme than https: %j', (url) => {
    const { code, message, details } = refusal(file({ url }));
    expect(code).toBe('ATTACHMENT_REFUSED');
    expect(details).toEqual({ index: 0, field: 'url', allowedSchemes: ['https'] });
    expect(message).not.toContain('alert');
  });

  it.each([
    'https://127.0.0.1/a.jpg',
    'https://127.1/a.jpg',
    'https://2130706433/a.jpg',
    'https://0x7f.0.0.1/a.jpg',
    'https://[::1]/a.jpg',
    'https://[::ffff:127.0.0.1]/a.jpg',
    'https://10.0.0.1/a.jpg',
    'https://192.168.1.1/a.jpg',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost/a.jpg',
    'https://localhost:9001/a.jpg',
    'https://router.local/a.jpg',
    'https://files.example.evil.example/a.jpg',
    'https://evil-files.example/a.jpg',
    'https://files.example:8443/a.jpg',
    'https://files.example./a.jpg',
    'https://cdn.example/a.jpg',
    'https://evilcdn.example/a.jpg',
    'https://.cdn.example/a.jpg',
    'https://evil.example/files.example',
    'https://evil.example\\@files.example/',
  ])('may not be on a host that is not listed: %s', (url) => {
    expect(refusal(file({ url })).details).toEqual({ index: 0, field: 'url', allowedHosts: policy.hosts });
  });

  it.each([
    'https://user@files.example/a.jpg',
    'https://:secret@files.example/a.jpg',
    'https://files.example%2f@evil.example:x@files.example/',
  ])('may not name a user or a password, and neither is told on: %s', (url) => {
    const { message, details } = refusal(file({ url }));
    expect(details).toEqual({ index: 0, field: 'url', forbidden: 'credentials' });
    expect(message).not.toContain('secret');
  });

  it('may not grow beyond what the contract carries when it is escaped', () => {
    const [start, max] = ['https://files.example/', 2_048];
    expect(admit(start + 'x'.repeat(max - start.length))).toHaveLength(max);
    const { code, details } = refusal(file({ url: start + 'ц'.repeat(400) }));
    expect(code).toBe('ATTACHMENT_REFUSED');
    expect(details).toEqual({ index: 0, field: 'url', maxLength: max });
  });

  it('may be http where the deployment says so', () => {
    expect(admit('http://localhost:9000/a', { ...policy, allowHttp: true })).toBe('http://localhost:9000/a');
    expect(() => admit('ftp://localhost:9000/a', { ...policy, allowHttp: true })).toThrow('must have an https or http');
  });

  it('is nowhere where no host is listed', () => {
    expect(() => admit('https://files.example/a.jpg', { ...policy, hosts: [] })).toThrow('a host that is not allowed');
  });
});

describe('an attachment', () => {
  it('of a type that is not listed is refused by its place, with what is allowed', () => {
    const error = refusal(file(), file({ mimeType: 'image/svg+xml' }));
    expect(error.message).toBe(
      'unable to send message; attachment 2 has a type that is not allowed; allowed are image/jpeg, application/pdf',
    );
    expect(error.details).toEqual({ index: 1, field: 'mimeType', allowedTypes: policy.mimeTypes });
  });

  it('may be as large as allowed and not a byte larger', () => {
    expect(admitAttachments([file()], policy, 'send message')).toEqual([file()]);
    expect(refusal(file({ size: 1_001 })).details).toEqual({ index: 0, field: 'size', maxBytes: 1_000 });
  });

  it('may have two beside it here, and not three', () => {
    expect(admitAttachments([file(), file(), file()], policy, 'send message')).toHaveLength(3);
    const error = refusal(file(), file(), file(), file());
    expect(error.code).toBe('ATTACHMENT_REFUSED');
    expect(error.details).toEqual({ maxCount: 3 });
  });

  it('is kept with the four things that the contract has, and nothing else that came along', () => {
    const laden = { ...file(), html: '<script>', __proto__: { polluted: true } };
    expect(JSON.stringify(admitAttachments([laden], policy, 'send message'))).toBe(JSON.stringify([file()]));
  });
});

describe('a file to be uploaded', () => {
  it('is held to the types and sizes of attachments', () => {
    admitFile({ mimeType: 'image/jpeg', size: 1_000 }, policy, 'create upload');
    expect(() => admitFile({ mimeType: 'text/html', size: 1 }, policy, 'create upload')).toThrow(
      'unable to create upload; the file has a type that is not allowed',
    );
    expect(() => admitFile({ mimeType: 'image/jpeg', size: 1_001 }, policy, 'create upload')).toThrow(
      'unable to create upload; the file is larger than 1000 bytes',
    );
  });
});
