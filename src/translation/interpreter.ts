import { Injectable } from '@nestjs/common';
import type { ChatError, CommandData, CommandName } from '../contract/index.js';
import type { AnyCall, AnyInquiry, Call, Dialect, Facts, Inquiry, Spoken } from '../dialects/dialect.js';
import { mentionsOfAnswer } from '../dialects/mentions.js';
import { FactFinder } from './facts.js';

/** Puts a payload into the form that the command takes. */
export type Prepare = (payload: unknown) => Promise<unknown>;

/** Runs a command for whoever is at the other end: authorises, takes its price, then has the payload prepared, then executes. */
export type Run = (command: CommandName, payload: unknown, prepare: Prepare) => Promise<unknown>;

interface Listener {
  run: Run;
  /** What the client is told of something thrown. */
  fault: (thrown: unknown, command: CommandName) => ChatError;
  say: (words: readonly Spoken[]) => void;
}

/** What the first call answered, or how one of them failed; the client has been told either. */
export type Outcome = { data: unknown } | { error: ChatError };

/** Runs what a dialect's words stand for. It has no way of its own into the service: the caller's is used. */
@Injectable()
export class Interpreter {
  constructor(private readonly facts: FactFinder) {}

  /** Runs a call and those that follow from it, and says what the dialect says of each. */
  async perform(first: AnyCall, dialect: Dialect, { run, fault, say }: Listener): Promise<Outcome> {
    const answers: unknown[] = [];
    for (let call: AnyCall | undefined = first; call !== undefined; ) {
      const { command, payload, answered, failed, next } = call as Call;
      try {
        const data = (await run(command, payload, (given) => this.withChatId(given))) as CommandData<CommandName>;
        say(answered(data, await this.factsOf(command, data, dialect)));
        answers.push(data);
        call = next?.(data);
      } catch (thrown) {
        const error = fault(thrown, command);
        say(failed(error));
        return { error };
      }
    }
    return { data: answers[0] };
  }

  /**
   * Runs what a request stands for.
   *
   * @returns what the answer's `data` holds
   * @throws whatever running throws
   */
  async answer(first: AnyInquiry, dialect: Dialect, run: Run): Promise<unknown> {
    for (let inquiry = first as Inquiry; ; ) {
      const { command, payload, answer, next } = inquiry;
      const data = (await run(command, payload, (given) => this.withChatId(given))) as CommandData<typeof command>;
      if (next === undefined) {
        return answer(data, await this.factsOf(command, data, dialect));
      }
      inquiry = next(data) as Inquiry;
    }
  }

  private async factsOf(command: CommandName, data: CommandData<CommandName>, dialect: Dialect): Promise<Facts> {
    return this.facts.about(mentionsOfAnswer(command, data), dialect);
  }

  /** A number that no chat has becomes text that no chat's id has: the command answers it as it answers any other such. */
  private async withChatId(payload: unknown): Promise<unknown> {
    if (typeof payload !== 'object' || payload === null || !('chatId' in payload)) {
      return payload;
    }
    const { chatId } = payload;
    return typeof chatId === 'number'
      ? { ...payload, chatId: (await this.facts.chatIdOf(chatId)) ?? String(chatId) }
      : payload;
  }
}
