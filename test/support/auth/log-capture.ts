import type { DestinationStream } from 'pino';

/** Keeps what the service logs. */
export class LogCapture implements DestinationStream {
  private written = '';

  write(line: string): void {
    this.written += line;
  }

  get lines(): Record<string, unknown>[] {
    return this.written
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** The messages of all lines, to see that something was logged at all. */
  get messages(): string[] {
    return this.lines.map(({ msg }) => String(msg));
  }

  /** Those of the secrets that the log contains, as they are or as JSON or a URL would spell them. */
  leaked(secrets: readonly string[]): string[] {
    return secrets.filter((secret) =>
      [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)].some((form) =>
        this.written.includes(form),
      ),
    );
  }
}
