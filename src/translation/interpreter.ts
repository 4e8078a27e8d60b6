import { Injectable } from '@nestjs/common';
import { type ChatError, ChatId, type CommandData, type CommandName } from '../contract/index.js';
import type { AnyCall, AnyInquiry, Call, Dialect, Facts, Inquiry, Spoken } from '../dialects/dialect.js';
import { mentionsOfAnswer } from '../dialects/mentions.js';
import { FactFinder } from './facts.js';

/** Puts a payload into the form that the command takes. */
export type Prepare = (payload: unknown) => Promise<unknown>;

/**
 * Runs a command for whoever is at the other end: authorises, takes its price, then has the payload prepared, then executes.
 *
 * @param follows whether the client's words were paid for with a command before it: they cost one, whatever they stand for
 */
export type Run = (command: CommandName, payload: unknown, prepare: Prepare, follows: boolean) => Promise<unknown>;

/** The same for whoever has paid already. */
export type RunPaid = (command: CommandName, payload: unknown, prepare: Prepare) => Promise<unknown>;

interface Listener {
  run: Run;
  /** What the client is told of something thrown. */
  fault: (thrown: unknown, command: CommandName) => ChatError;
  say: (words: readonly Spoken[]) => void;
  /** What succeeded could not be told: the client must load anew, and must not take it for failed. */
  lose: (thrown: unknown) => void;
}

/** What the first call answered, or how it failed; the client has been told either, or was cut. */
export type Outcome = { data: unknown } | { error: ChatError };

/** Runs what a dialect's words stand for. It has no way of its own into the service: the caller's is used. */
@Injectable()
export class Interpreter {
  constructor(private readonly facts: FactFinder) {}

  /**
   * Runs a call and those that follow from it, and says what the dialect says of each. One that fails behind others is told by its
   * own name: of what is done already nobody is told that it failed, or he would do it again.
   */
  async perform(first: AnyCall, dialect: Dialect, { run, fault, say, lose }: Listener): Promise<Outcome> {
    let answer: unknown;
    for (let call: AnyCall | undefined = first; call !== undefined; ) {
      const { command, payload, answered, failed, next } = call as Call;
      const follows = call !== first;
      let data: CommandData<CommandName>;
      try {
        data = (await run(command, payload, this.preparing(dialect), follows)) as CommandData<CommandName>;
      } catch (thrown) {
        const error = fault(thrown, command);
        say(failed(error));
        return follows ? { data: answer } : { error };
      }
      answer = follows ? answer : data;
      try {
        say(answered(data, await this.factsOf(command, data, dialect)));
        call = next?.(data);
      } catch (thrown) {
        // Told that it failed, the client would do again what is done: a message would be there twice.
        lose(thrown);
        break;
      }
    }
    return { data: answer };
  }

  /**
   * Runs what a request stands for.
   *
   * @returns what the answer's `data` holds
   * @throws whatever running throws
   */
  async answer(first: AnyInquiry, dialect: Dialect, run: RunPaid): Promise<unknown> {
    for (let inquiry = first as Inquiry; ; ) {
      const { command, payload, answer, next } = inquiry;
      const data = (await run(command, payload, this.preparing(dialect))) as CommandData<typeof command>;
      if (next === undefined) {
        return answer(data, await this.factsOf(command, data, dialect));
      }
      inquiry = next(data) as Inquiry;
    }
  }

  private async factsOf(command: CommandName, data: CommandData<CommandName>, dialect: Dialect): Promise<Facts> {
    return this.facts.about(mentionsOfAnswer(command, data), dialect);
  }

  private preparing({ numbered }: Dialect): Prepare {
    return numbered ? (payload) => this.withChatId(payload) : async (payload) => payload;
  }

  /**
   * Knows the chat both by its id and by its number before the command runs. So what can fail of it fails before: a message
   * that is stored is never answered with an error for want of a number.
   *
   * A number that no chat has becomes text that no chat's id has: the command answers it as it answers any other such. What can
   * be neither is left to the command to refuse.
   */
  private async withChatId(payload: unknown): Promise<unknown> {
    if (typeof payload !== 'object' || payload === null || !('chatId' in payload)) {
      return payload;
    }
    const { chatId } = payload;
    if (typeof chatId === 'number' && Number.isSafeInteger(chatId) && chatId >= 0) {
      return { ...payload, chatId: (await this.facts.chatIdOf(chatId)) ?? String(chatId) };
    }
    const id = ChatId.safeParse(chatId);
    if (id.success) {
      await this.facts.about({ chatIds: [id.data], userIds: [] }, { numbered: true, tellsProfiles: false });
    }
    return payload;
  }
}
