import {
  type CommandData,
  type CommandName,
  type CommandPayload,
  commands,
  type EventName,
  type EventPayload,
} from '../../../src/contract/index.js';
import type {
  AnyCall,
  AnyEvent,
  Call,
  Dialect,
  Facts,
  Meaning,
  Speaker,
  Spoken,
} from '../../../src/dialects/dialect.js';
import { saying } from '../../../src/dialects/vocabulary.js';

/** For maps that need no more than what they translate. */
const noFacts: Facts = {
  chatNumber: () => {
    throw new Error('the map asks for the number of a chat');
  },
  profile: () => {
    throw new Error('the map asks for a profile');
  },
};

/** A chat with the number 1, and nothing told of anybody. */
export const anyFacts: Facts = { chatNumber: () => 1, profile: () => null };

/** How a dialect says an event. */
export function said<E extends EventName>(
  dialect: Dialect,
  name: E,
  payload: EventPayload<E>,
  facts: Facts = noFacts,
): readonly Spoken[] {
  return saying(dialect.vocabulary, { name, payload } as AnyEvent, facts);
}

/** Why a dialect is silent about an event; `null` where it has words. */
export function silence(dialect: Dialect, name: EventName): string | null {
  const words = dialect.vocabulary[name];
  return 'because' in words ? words.because : null;
}

/** One event with one argument, as most words are. */
export function one(event: string, arg: unknown): readonly Spoken[] {
  return [{ event, args: [arg] }];
}

/** @throws when the words stand for another command, or for none */
export function callOf<C extends CommandName>(meaning: Meaning, command: C): Call<C> {
  if (meaning.kind !== 'call') {
    throw new Error(`the words are a ${meaning.kind}, not ${command}`);
  }
  return demandCommand(meaning.call, command);
}

/** The call that follows when this one succeeded. */
export function callAfter<C extends CommandName, N extends CommandName>(
  call: Call<C>,
  data: CommandData<C>,
  command: N,
): Call<N> {
  if (call.next === undefined) {
    throw new Error(`nothing follows ${call.command}`);
  }
  return demandCommand(call.next(data), command);
}

function demandCommand<C extends CommandName>(call: AnyCall, command: C): Call<C> {
  if (call.command !== command) {
    throw new Error(`the words stand for ${call.command}, not ${command}`);
  }
  return call as unknown as Call<C>;
}

/** What the client is told of a success. */
export function answerTo<C extends CommandName>(
  call: Call<C>,
  data: CommandData<C>,
  facts: Facts = noFacts,
): readonly Spoken[] {
  return call.answered(data, facts);
}

/** The payload as its command will see it. @throws where the command would refuse it */
export function heeded<C extends CommandName>({ command, payload }: Call<C>): CommandPayload<C> {
  return commands[command].payload.parse(payload) as CommandPayload<C>;
}

/** The `clientMessageId` that a speaker is given. */
export const OWN_KEY = 'a-key-of-its-own';

export function speaker(joined: readonly string[] = []): Speaker {
  return { userId: 123, joined, keyFor: () => OWN_KEY, isOwnKey: (key) => key === OWN_KEY };
}
