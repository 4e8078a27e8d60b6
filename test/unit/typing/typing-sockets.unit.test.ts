import { beforeEach, describe, expect, it } from 'vitest';
import { TypingSockets } from '../../../src/typing/typing-sockets.js';

describe('the sockets through which users type', () => {
  let sockets: TypingSockets;

  beforeEach(() => {
    sockets = new TypingSockets();
    sockets.set('1', 'a', 'tab', 10_000);
    sockets.set('1', 'a', 'phone', 12_000);
    sockets.set('1', 'b', 'tab', 10_000);
  });

  it('keep a user typing in a chat until the last is taken out', () => {
    expect(sockets.remove('1', 'a', 'tab', 0)).toBe(true);
    expect(sockets.has('1', 'a')).toBe(true);
    expect(sockets.remove('1', 'a', 'phone', 0)).toBe(false);
    expect(sockets.has('1', 'a')).toBe(false);
  });

  it('count for nothing once their sign has lapsed', () => {
    expect(sockets.remove('1', 'a', 'tab', 12_000)).toBe(false);
    expect(sockets.has('1', 'a')).toBe(false);
  });

  it('are known by chat: those of a socket that closes are found, and no others', () => {
    sockets.set('2', 'c', 'tab of another', 10_000);

    expect(sockets.chatsOf('1', 'tab')).toEqual(['a', 'b']);
    expect(sockets.chatsOf('1', 'phone')).toEqual(['a']);
    expect(sockets.chatsOf('1', 'tab of another')).toEqual([]);
    expect(sockets.chatsOf('3', 'tab')).toEqual([]);
  });

  it('leave a chat all at once when the user has sent his message', () => {
    sockets.forget('1', 'a');

    expect(sockets.has('1', 'a')).toBe(false);
    expect(sockets.chatsOf('1', 'tab')).toEqual(['b']);
  });

  it('that were never set may be taken out', () => {
    expect(sockets.remove('1', 'nowhere', 'tab', 0)).toBe(false);
    expect(sockets.remove('nobody', 'a', 'tab', 0)).toBe(false);
  });
});
