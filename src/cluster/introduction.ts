/** What a starting instance waits for: that the others have introduced themselves, or taken leave. */
export class Introduction {
  private readonly settled = new Set<string>();
  private awaited: readonly string[] = [];
  private done: (() => void) | null = null;

  /** An instance has said what it is interested in, or that it goes. */
  settle(id: string): void {
    this.settled.add(id);
    if (this.done !== null && this.complete) {
      this.done();
    }
  }

  /**
   * Resolves when all of these have. By name: counted, one that started after the question would stand in for one that has not
   * answered yet.
   */
  async of(ids: readonly string[]): Promise<void> {
    this.awaited = ids;
    if (!this.complete) {
      await new Promise<void>((resolve) => {
        this.done = resolve;
      });
    }
  }

  private get complete(): boolean {
    return this.awaited.every((id) => this.settled.has(id));
  }
}
