/** How long to wait for order at first. */
const FIRST_PATIENCE_MS = 5_000;
/** Told again and again while order does not come back, at growing intervals up to this one. */
const MAX_PATIENCE_MS = 60_000;

/** Whether events of other instances may have been missed, and when to say so. Times are milliseconds, monotonic. */
export class MissedEvents {
  private readonly listeners: (() => void)[] = [];
  private since: number | null = null;
  /** How long to wait for order before what was missed is told, or told again. */
  private patienceMs = FIRST_PATIENCE_MS;

  onMissed(listener: () => void): void {
    this.listeners.push(listener);
  }

  mark(now: number): void {
    this.since ??= now;
  }

  /**
   * Told too early, the sync itself would miss something: waits until all peers and this instance know each other. Where that
   * takes long it is told all the same, and again later, because more is missed meanwhile.
   *
   * @param inOrder whether they know each other now
   */
  report(inOrder: boolean, now: number): void {
    if (this.since === null || !(inOrder || now - this.since > this.patienceMs)) {
      return;
    }
    this.since = inOrder ? null : now;
    // One sick peer must not make all clients of the healthy instances sync every few seconds.
    this.patienceMs = inOrder ? FIRST_PATIENCE_MS : Math.min(this.patienceMs * 2, MAX_PATIENCE_MS);
    for (const listener of this.listeners) {
      listener();
    }
  }
}
