import { randomFillSync } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';

const BYTES_PER_ID = 16;
const pool = new Uint8Array(BYTES_PER_ID * 256);
let used = pool.length;

/** Asking the operating system once for many ids takes the cost of randomness out of sending a message. */
function pooledBytes(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += BYTES_PER_ID;
  return pool.subarray(used - BYTES_PER_ID, used);
}

/** A UUID version 7: ids of later messages sort after those of earlier ones, so their index grows at its end. */
export function newMessageId(): string {
  return uuidv7({ rng: pooledBytes });
}
