import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';

/**
 * Socket.IO's Redis adapter as its documentation sets it up: two plain connections, one for each direction.
 *
 * @param key start of the channels
 */
export function stockAdapter(url: string, key: string): ReturnType<typeof createAdapter> {
  const publisher = new Redis(url);
  return createAdapter(publisher, publisher.duplicate(), { key });
}
