import { beforeEach, describe, expect, it } from 'vitest';
import type { ChatSocket } from '../../../src/delivery/chat-socket.js';
import { MovesUnderWay } from '../../../src/socket/moves-under-way.js';

const CHAT = { chatId: 'a chat' };

describe('what a connection has under way in its chats', () => {
  let moves: MovesUnderWay;
  let socket: ChatSocket;
  let done: string[];

  beforeEach(() => {
    moves = new MovesUnderWay();
    socket = {} as ChatSocket;
    done = [];
  });

  /** Something that is done once it is told to be. */
  function task(name: string) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const run = async (): Promise<void> => {
      done.push(`${name} begins`);
      await promise;
      done.push(`${name} ends`);
    };
    return { run, finish: resolve };
  }

  it('is done before a leave that came behind it, and after one that came before', async () => {
    const [early, leave, late] = [task('early'), task('leave'), task('late')];
    const all = [
      moves.run(socket, 'message:send', CHAT, early.run),
      moves.run(socket, 'chat:leave', CHAT, leave.run),
      moves.run(socket, 'message:send', CHAT, late.run),
    ];
    for (const { finish } of [late, leave, early]) {
      finish();
    }
    await Promise.all(all);
    expect(done).toEqual(['early begins', 'early ends', 'leave begins', 'leave ends', 'late begins', 'late ends']);
  });

  it('does not wait for what is under way in other chats', async () => {
    const [here, elsewhere] = [task('here'), task('elsewhere')];
    const sending = moves.run(socket, 'message:send', { chatId: 'another' }, elsewhere.run);
    const leaving = moves.run(socket, 'chat:leave', CHAT, here.run);
    here.finish();
    await leaving;
    expect(done).toEqual(['elsewhere begins', 'here begins', 'here ends']);
    elsewhere.finish();
    await sending;
  });

  it('leaves whoever failed before it alone', async () => {
    const failing = moves.run(socket, 'message:send', CHAT, () => Promise.reject(new Error('no')));
    const leaving = moves.run(socket, 'chat:leave', CHAT, async () => 'left');
    await expect(failing).rejects.toThrow('no');
    expect(await leaving).toBe('left');
  });

  it('is what 32 events may wait for while a chat is opened, and no more', async () => {
    const opening = task('opening');
    const opened = moves.open(socket, opening.run);
    const waiting = Array.from({ length: 32 }, () => moves.behindOpenings(socket, 'send message'));
    await expect(moves.behindOpenings(socket, 'send message')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    opening.finish();
    await opened;
    await Promise.all(waiting);
    expect(moves.isOpening(socket)).toBe(false);
  });

  it('is waited for where it fails, too', async () => {
    const opened = moves.open(socket, () => Promise.reject(new Error('no')));
    const behind = moves.behindOpenings(socket, 'send message');
    await expect(opened).rejects.toThrow('no');
    await behind;
    expect(moves.isOpening(socket)).toBe(false);
  });
});
