import { describe, expect, it } from 'vitest';
import { withTables } from '../../../src/documents/protocol-tables.js';

const place = (name: string): string =>
  `Before.\n\n<!-- table: ${name} -->\nstale text\n<!-- end of table -->\n\nAfter.\n`;

describe('the tables of the protocol', () => {
  it('replace what stands between their marks, and nothing else', () => {
    const written = withTables(place('errors'));

    expect(written).toMatch(/^Before\.\n\n<!-- table: errors -->\n\n\| code \| HTTP \|/);
    expect(written).toMatch(/\|\n\n<!-- end of table -->\n\nAfter\.\n$/);
    expect(written).not.toContain('stale text');
    expect(withTables(written)).toBe(written);
  });

  it('show payloads and answers as somebody would write them', () => {
    const written = withTables(place('commands'));

    expect(written).toContain('| `chat:sync` | chats: [{ chatId, rev }] | chats: [`SyncedChat`] |');
    expect(written).toContain(
      '| `message:send` | chatId, type?, text, attachments?, replyTo?, productId?, clientMessageId? | `Message` |',
    );
    expect(written).toContain(
      '| `chat:create` | type?: `direct`, buyerId, sellerId, productId?; or type: `group`, name, userIds: list, clientChatId? | `Chat` |',
    );
    expect(written).toContain('| `typing:start` | chatId | nothing |');
    expect(written).toContain('| `users:online` | userIds?: list | userIds: list |');
  });

  it('do not leave a place empty whose table nobody knows', () => {
    expect(() => withTables(place('nonsense'))).toThrow('there is none for nonsense');
  });
});
