import { type Ack, type CommandName, commands, type EventName, events } from '../../src/contract/index.js';

/** Speaks of other instances; the smoke has one. */
const CLUSTER_EVENTS: ReadonlySet<EventName> = new Set<EventName>(['sync:required']);

/** What was said, line by line, and which of the contract's commands and events were really seen. */
export class Transcript {
  readonly lines: string[] = [];
  readonly #answered = new Set<CommandName>();
  readonly #seen = new Set<EventName>();

  constructor(private readonly print: (line: string) => void) {}

  note(line: string): void {
    this.lines.push(line);
    this.print(line);
  }

  sent(who: string, event: string, payload: unknown): void {
    this.note(`      ${who} → ${event}${shorten(payload)}`);
  }

  received(who: string, event: string, payload: unknown): void {
    this.note(`      ${who} ← ${event}${shorten(payload)}`);
  }

  answered(who: string, command: string, answer: Ack<unknown>): void {
    const [sign, rest] = answer.success ? ['ack', answer.data] : ['refused', answer.error];
    this.note(`      ${who} ← ${sign} of ${command}${shorten(rest)}`);
  }

  commandAnswered(command: CommandName): void {
    this.#answered.add(command);
  }

  eventSeen(event: EventName): void {
    this.#seen.add(event);
  }

  /** Commands of the contract that nobody had a success from yet. */
  get commandsMissing(): CommandName[] {
    return (Object.keys(commands) as CommandName[]).filter((command) => !this.#answered.has(command));
  }

  /** Events of the contract that nobody was sent yet. */
  get eventsMissing(): EventName[] {
    return (Object.keys(events) as EventName[]).filter((event) => !this.#seen.has(event) && !CLUSTER_EVENTS.has(event));
  }
}

const LONGEST = 140;

/** One line of a payload. Tokens are left out: transcripts are pasted into reports. */
function shorten(payload: unknown): string {
  if (payload === undefined) {
    return '';
  }
  const text = JSON.stringify(payload, (key, value: unknown) => (key === 'token' ? '…' : value)) ?? String(payload);
  return ` ${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}`;
}
