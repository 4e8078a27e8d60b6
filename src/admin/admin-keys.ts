import { createHash, timingSafeEqual } from 'node:crypto';
import { API_KEY_HEADER, ChatError } from '../contract/index.js';

/** The keys of the marketplace's servers. Several are good at a time, so that one can take over from another. */
export class AdminKeys {
  private readonly digests: readonly Buffer[];

  constructor(keys: readonly string[]) {
    this.digests = keys.map(digest);
  }

  /**
   * @param presented the header as it came
   * @throws ChatError `API_KEY_INVALID`
   */
  require(presented: unknown, operation: string): void {
    if (typeof presented !== 'string' || presented === '') {
      throw new ChatError('API_KEY_INVALID', operation, `no key came along; pass it in the header ${API_KEY_HEADER}`);
    }
    // Digests have one length, and all of them are compared: the time tells neither a key's length nor its start or place.
    const own = digest(presented);
    const good = this.digests.filter((known) => timingSafeEqual(known, own));
    if (good.length === 0) {
      throw new ChatError('API_KEY_INVALID', operation, 'the key is not one of this deployment');
    }
  }
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
