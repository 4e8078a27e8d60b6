/** What the crowd did, and what went wrong for it. */
export class Tally {
  connections = 0;
  commands = 0;
  /** Messages whose ack came. */
  messages = 0;
  readonly failures = new Map<string, number>();

  connected(): void {
    this.connections++;
  }

  answered(): void {
    this.commands++;
  }

  stored(): void {
    this.messages++;
  }

  failed(how: string): void {
    this.failures.set(how, (this.failures.get(how) ?? 0) + 1);
  }
}
