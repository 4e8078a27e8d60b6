/** Progress goes to stderr: stdout carries the tables alone. */
export function report(line: string): void {
  process.stderr.write(`${line}\n`);
}
