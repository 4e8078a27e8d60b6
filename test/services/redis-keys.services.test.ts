import { readFile } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandName, commands } from '../../src/contract/index.js';
import { watchSessionCuts } from '../support/auth/session-cut-controls.js';
import { TestChat } from '../support/chat/test-chat.js';
import { createGroup, joinedPair, newUserId, UNLIMITED } from '../support/chats/participants.js';
import { serviceEnvironment } from '../support/chats/service-environment.js';
import { PlainClient } from '../support/raw-websocket/plain-client.js';
import { describeWithServices } from '../support/services/test-services.js';
import { goodPayloads } from '../support/socket/good-payloads.js';

const PATIENCE = { timeout: 10_000 };
/** A group that was left is none for the commands behind it. */
const LAST: CommandName = 'group:leave';
const names = [...(Object.keys(commands) as CommandName[]).filter((name) => name !== LAST), LAST];

/** The keys that the table of the manual for operators lists, each as the manual writes it. */
async function documentedKeys(): Promise<string[]> {
  const manual = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const section = manual.split('## What stands in Redis')[1]?.split('\n## ')[0] ?? '';
  const firstCells = section.split('\n').flatMap((line) => /^\| (`.*?`) \|/.exec(line)?.[1] ?? []);
  return firstCells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, key]) => key ?? ''));
}

/** What keys look like that the manual writes with names in braces. */
function patternOf(documented: string): RegExp {
  return new RegExp(`^${documented.replace(/\{[^}]+\}/g, '[^:]+')}$`);
}

describeWithServices('what stands in Redis', (services) => {
  const cutter = watchSessionCuts();
  let chat: TestChat;
  let redis: Redis;
  /** Every key that was there whenever somebody looked. */
  const seen = new Set<string>();

  beforeAll(async () => {
    chat = await TestChat.start({
      env: { ...UNLIMITED, DIALECTS: 'plain-websocket', ...(await serviceEnvironment(services)) },
    });
    redis = new Redis(services.redisUrl());
  });
  afterAll(async () => {
    await redis?.quit();
    await chat?.stop();
  });

  async function look(): Promise<void> {
    for await (const keys of redis.scanStream({ count: 1_000 })) {
      for (const key of keys as string[]) {
        seen.add(key);
      }
    }
  }

  it('is what the manual lists, through a conversation with every command and after it', async () => {
    const { buyer, buyerId, seller, sellerId, chatId } = await joinedPair(chat);
    const [memberId, otherMemberId] = [newUserId(), newUserId()];
    const payloads = goodPayloads({
      chatId,
      messageId: (await buyer.get('message:send', { chatId, text: 'is it still there?' })).id,
      theirMessageId: (await seller.get('message:send', { chatId, text: 'it is' })).id,
      buyerId,
      sellerId,
      groupId: await createGroup(buyer, [memberId, otherMemberId]),
      memberId,
      otherMemberId,
      token: chat.marketplace.token({ userId: buyerId }),
    });
    for (const name of names) {
      await buyer.get(name, payloads[name]);
      await look();
    }
    const plain = await PlainClient.connect(chat, chatId, { userId: sellerId });
    plain.send({ type: 'message', text: 'over another wire' });
    await expect.poll(() => plain.messages(), PATIENCE).toHaveLength(1);
    await look();
    await cutter().cut(String(sellerId));
    await plain.closed();
    await look();
    buyer.close();
    await expect.poll(() => redis.exists(`user:${buyerId}:online`), PATIENCE).toBe(0);
    await look();

    const documented = await documentedKeys();
    const unlisted = [...seen].filter((key) => !documented.some((line) => patternOf(line).test(key)));
    expect(unlisted).toEqual([]);
    const unseen = documented.filter((line) => ![...seen].some((key) => patternOf(line).test(key)));
    expect(unseen).toEqual([]);
  });
});
