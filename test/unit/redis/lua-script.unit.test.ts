import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Command, Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadLuaScript } from '../../../src/redis/lua-script.js';

/** Notes what would be sent, and answers it. Never connects. */
class NotingRedis extends Redis {
  readonly sent: string[][] = [];

  constructor() {
    super({ lazyConnect: true });
  }

  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    const [command] = args as [Command];
    this.sent.push([command.name, ...command.args.map(String)]);
    command.resolve('done');
    return command.promise;
  }
}

describe('a Lua script made callable', () => {
  const text = 'return {KEYS[1], ARGV[1]}';
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lua-script-'));
    writeFileSync(join(folder, 'pair.lua'), text);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is named by its digest, then come the number of keys, the keys and the arguments', async () => {
    const redis = new NotingRedis();
    const run = loadLuaScript<string>(redis, 'pair', pathToFileURL(join(folder, 'pair.lua')));

    expect(await run(['key one', 'key two'], ['argument', 5])).toBe('done');

    const digest = createHash('sha1').update(text).digest('hex');
    expect(redis.sent).toEqual([['evalsha', digest, '2', 'key one', 'key two', 'argument', '5']]);
  });

  it('is missed at start, not at the first call', () => {
    const missing = pathToFileURL(join(folder, 'missing.lua'));

    expect(() => loadLuaScript(new NotingRedis(), 'missing', missing)).toThrow('missing.lua');
  });
});
