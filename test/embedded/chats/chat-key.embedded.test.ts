import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { TestChat } from '../../support/chat/test-chat.js';
import { describeChatKeys } from '../../support/chats/chat-key-suite.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chat-data-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describeChatKeys((CHAT_KEY) => TestChat.start({ env: { CHAT_KEY, DATA_DIR: folder } }));
