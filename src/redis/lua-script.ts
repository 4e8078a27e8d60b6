import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

type Run<Reply> = (keys: string[], args: (string | number)[]) => Promise<Reply>;

/**
 * Makes a Lua file callable. Redis gets the digest, and the text only when it does not know it (after a restart, say).
 *
 * @param name must be unique among the scripts of one client
 * @param file the script; its header names every key and argument
 */
export function loadLuaScript<Reply>(client: Redis, name: string, file: URL): Run<Reply> {
  client.defineCommand(name, { lua: readFileSync(file, 'utf8') });
  const call: unknown = Reflect.get(client, name);
  if (typeof call !== 'function') {
    throw new TypeError(`unable to load script ${name}; the Redis client did not define it`);
  }
  return (keys, args) => call.call(client, keys.length, ...keys, ...args) as Promise<Reply>;
}
