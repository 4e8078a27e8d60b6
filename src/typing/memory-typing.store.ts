import { TypingStore, type Typist } from './typing.store.js';

interface Sign extends Typist {
  expiresAt: number;
  announcedAt: number;
}

/** For one instance without Redis. */
export class MemoryTypingStore extends TypingStore {
  private readonly chats = new Map<string, Map<string, Sign>>();

  /** @param now milliseconds; tests move it by hand */
  constructor(
    private readonly ttlSeconds: number,
    private readonly now: () => number = Date.now,
  ) {
    super();
  }

  override async start({ chatId, userId }: Typist): Promise<boolean> {
    const now = this.now();
    const ttlMs = this.ttlSeconds * 1_000;
    const signs = this.chats.get(chatId) ?? new Map<string, Sign>();
    const known = signs.get(userId);
    const announce = known === undefined || known.expiresAt <= now || now - known.announcedAt >= ttlMs / 2;
    const announcedAt = announce || known === undefined ? now : known.announcedAt;
    signs.set(userId, { chatId, userId, expiresAt: now + ttlMs, announcedAt });
    this.chats.set(chatId, signs);
    return announce;
  }

  override async stop({ chatId, userId }: Typist): Promise<boolean> {
    const sign = this.chats.get(chatId)?.get(userId);
    this.remove(chatId, userId);
    return sign !== undefined;
  }

  override async list(chatId: string): Promise<string[]> {
    const now = this.now();
    return [...(this.chats.get(chatId)?.values() ?? [])]
      .filter(({ expiresAt }) => expiresAt > now)
      .map(({ userId }) => userId);
  }

  override async takeExpired(): Promise<Typist[]> {
    const now = this.now();
    const expired = [...this.chats.values()]
      .flatMap((signs) => [...signs.values()])
      .filter(({ expiresAt }) => expiresAt <= now)
      .map(({ chatId, userId }) => ({ chatId, userId }));
    for (const { chatId, userId } of expired) {
      this.remove(chatId, userId);
    }
    return expired;
  }

  private remove(chatId: string, userId: string): void {
    const signs = this.chats.get(chatId);
    signs?.delete(userId);
    if (signs?.size === 0) {
      this.chats.delete(chatId);
    }
  }
}
