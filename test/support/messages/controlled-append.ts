import { vi } from 'vitest';
import type { AppendOutcome } from '../../../src/messages/append-outcome.js';
import type { MessageDraft } from '../../../src/messages/message.js';
import { MessageWriter } from '../../../src/messages/message-writer.js';

interface AppendCall {
  drafts: readonly MessageDraft[];
  /** Commits: every message is stored, or those the test gives. */
  commit(outcomes?: readonly AppendOutcome[]): void;
  fail(error: Error): void;
}

/** Stands in for the database: a call of the writer waits until the test lets it succeed or fail. */
export class ControlledAppend {
  readonly calls: AppendCall[] = [];
  readonly failures: unknown[] = [];

  /** A writer over this database. Defaults: room for 1000 messages, 10 s for each. */
  writer({ queueLimit = 1_000, sendTimeoutMs = 10_000 } = {}): MessageWriter {
    return new MessageWriter((drafts) => this.append(drafts), {
      queueLimit,
      sendTimeoutMs,
      onFailure: (error) => this.failures.push(error),
    });
  }

  /** The nth call, counted from 1, once it has been made. */
  async call(n: number): Promise<AppendCall> {
    return vi.waitFor(
      () => {
        const call = this.calls[n - 1];
        if (call === undefined) {
          throw new Error(`the writer made ${this.calls.length} calls so far, not ${n}`);
        }
        return call;
      },
      { timeout: 10_000 },
    );
  }

  /** The texts of each batch so far. */
  get batches(): string[][] {
    return this.calls.map(({ drafts }) => drafts.map(({ text }) => text));
  }

  private append(drafts: readonly MessageDraft[]): Promise<AppendOutcome[]> {
    return new Promise((resolve, reject) => {
      this.calls.push({
        drafts,
        commit: (outcomes = drafts.map(storedOutcome)) => resolve([...outcomes]),
        fail: reject,
      });
    });
  }
}

export function storedOutcome(draft: MessageDraft): AppendOutcome {
  return {
    kind: 'stored',
    message: { ...draft, seq: 1, rev: 1, reactions: null, createdAt: new Date(0), editedAt: null, deletedAt: null },
    membersVersion: 1,
    productChanged: false,
  };
}

/** As node-postgres reports it: an error with an SQLSTATE. */
export function databaseError(code: string): Error {
  return Object.assign(new Error(`database error ${code}`), { code });
}
