import { beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.js';
import type { Delivery } from '../../../src/delivery/delivery.js';
import { ChatAudience } from '../../../src/members/chat-audience.js';
import type { MembersRepository, Standing } from '../../../src/members/members.repository.js';
import { Membership } from '../../../src/members/membership.js';
import type { Connections } from '../../../src/socket/connections.js';
import { MemoryTypingStore } from '../../../src/typing/memory-typing.store.js';
import { TypingService } from '../../../src/typing/typing.service.js';

const FREE: Standing = { blockedByPeer: false, blocksPeer: false };
const BLOCKED: Standing = { blockedByPeer: true, blocksPeer: false };
const TTL_SECONDS = 10;

describe('a typing sign that the database is asked about', () => {
  let now: number;
  let asked: number;
  let shown: string[];
  let answer: () => Promise<Standing | undefined>;
  let typing: TypingService;

  beforeEach(() => {
    now = 0;
    asked = 0;
    shown = [];
    answer = async () => FREE;
    const members = {
      standing: () => {
        asked += 1;
        return answer();
      },
    };
    const membership = new Membership(members as unknown as MembersRepository);
    membership.rememberDirect('chat');
    const delivery = { typingStarted: () => shown.push('start'), typingStopped: () => shown.push('stop') };
    typing = new TypingService(
      loadConfig({ TYPING_TTL_SECONDS: `${TTL_SECONDS}` }).config,
      new MemoryTypingStore(TTL_SECONDS, () => now),
      new ChatAudience(membership),
      members as unknown as MembersRepository,
      delivery as unknown as Delivery,
      {} as unknown as Connections,
    );
  });

  const start = () => typing.start('chat', 'user', 'socket');
  const stop = () => typing.stop('chat', 'user', 'socket');

  it('is asked about once for each time it is shown, and not for each key stroke', async () => {
    for (let key = 0; key < 20; key += 1) {
      await start();
    }
    expect([asked, shown]).toEqual([1, ['start']]);

    now += (TTL_SECONDS * 1_000) / 2;
    await start();
    expect([asked, shown]).toEqual([2, ['start', 'start']]);
  });

  it.each([BLOCKED, { blockedByPeer: false, blocksPeer: true }])('leaves no trace across %j', async (block) => {
    answer = async () => block;
    await start();
    await start();
    expect(await typing.typistsOf('chat')).toEqual([]);
    await stop();
    typing.sent('chat', 'user');
    expect(shown).toEqual([]);

    answer = async () => FREE;
    await start();
    expect(shown).toEqual(['start']);
  });

  it('is seen to end, once, where the block came after it', async () => {
    await start();
    answer = async () => BLOCKED;
    now += (TTL_SECONDS * 1_000) / 2;
    await start();
    await start();
    await stop();

    expect(shown).toEqual(['start', 'stop']);
    expect(await typing.typistsOf('chat')).toEqual([]);
  });

  it('is not shown when it has ended before the answer', async () => {
    const standing = Promise.withResolvers<Standing>();
    answer = () => standing.promise;
    const starting = start();
    await stop();
    standing.resolve(FREE);
    await starting;

    expect(shown).toEqual(['stop']);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('away'))],
    ['does not answer', () => new Promise<never>(() => undefined)],
  ])('is shown when the database %s', async (_, reply) => {
    answer = reply;
    await start();
    expect(shown).toEqual(['start']);
  });
});
