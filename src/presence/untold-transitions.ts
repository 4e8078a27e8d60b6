/**
 * Users who came or went, and whose contacts have not been told yet. Of each user only the latest transition counts:
 * telling an older one after it would leave contacts with a wrong sign for good.
 */
export class UntoldTransitions {
  /** User id -> when he was last seen; `null` for one who came online. */
  private latest = new Map<string, Date | null>();

  cameOnline(userIds: readonly string[]): void {
    for (const userId of userIds) {
      this.latest.set(userId, null);
    }
  }

  wentOffline(userIds: readonly string[], lastSeenAt: Date): void {
    for (const userId of userIds) {
      this.latest.set(userId, lastSeenAt);
    }
  }

  /** Hands over everything; who cannot tell it gives it back with {@link restore}. */
  take(): ReadonlyMap<string, Date | null> {
    const taken = this.latest;
    this.latest = new Map();
    return taken;
  }

  /** Puts back what was taken, except for users of whom something newer is known. */
  restore(taken: ReadonlyMap<string, Date | null>): void {
    this.latest = new Map([...taken, ...this.latest]);
  }
}
