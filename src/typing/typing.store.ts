export interface Typist {
  chatId: string;
  userId: string;
}

/** Who is typing where. A sign lasts `ttlSeconds` unless renewed; each lapse is handed out exactly once. */
export abstract class TypingStore {
  /**
   * Sets or renews a sign.
   *
   * @returns whether to announce it: it is new, or was last announced at least half its life ago, so that receivers
   * who count it down themselves never see it lapse while the typing goes on
   */
  abstract start(typist: Typist): Promise<boolean>;
  /** @returns whether there was a sign to take back */
  abstract stop(typist: Typist): Promise<boolean>;
  abstract list(chatId: string): Promise<string[]>;
  /** Takes signs that have lapsed, up to a bounded number, for the caller to announce. */
  abstract takeExpired(): Promise<Typist[]>;
}
