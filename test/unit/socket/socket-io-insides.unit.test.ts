import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Server } from 'socket.io';
import { Adapter } from 'socket.io-adapter';
import { afterEach, describe, expect, it } from 'vitest';
import type { ChatNamespace } from '../../../src/delivery/chat-socket.js';
import { proveInsides } from '../../../src/socket/socket-io-insides.js';

const require = createRequire(import.meta.url);
const { Client } = require(join(dirname(require.resolve('socket.io')), 'client.js')) as {
  Client: { prototype: object };
};

describe('what dialects need of Socket.IO', () => {
  let mend: (() => void)[] = [];
  afterEach(() => {
    for (const undo of mend) {
      undo();
    }
    mend = [];
  });

  /** Socket.IO as a later version might be. */
  function change(prototype: object, method: string, value: unknown): void {
    const before: unknown = Reflect.get(prototype, method);
    expect(before).toBeTypeOf('function');
    Reflect.set(prototype, method, value);
    mend.push(() => Reflect.set(prototype, method, before));
  }

  const proof = () => proveInsides(new Server().of('/chat') as unknown as ChatNamespace);

  it('is there', async () => {
    await proof();
  });

  it.each([
    ['onconnection', Server.prototype, 'no entry for one'],
    ['writeToEngine', Client.prototype, 'has no writeToEngine'],
    ['_encode', Adapter.prototype, 'has no _encode'],
  ])('is missed without %s', async (method, prototype, reason) => {
    change(prototype, method, undefined);
    await expect(proof()).rejects.toThrow(/^unable to start with dialects; .*leave DIALECTS and DEFAULT_DIALECT empty/);
    await expect(proof()).rejects.toThrow(reason);
  });

  it('is missed where events go another way to a client', async () => {
    change(Client.prototype, '_packet', function packet(this: { conn: { write(packet: string): void } }) {
      this.conn.write('2/chat,["withheld",1]');
    });
    await expect(proof()).rejects.toThrow('what was written is');
  });
});
