import {
  type Ack,
  type CommandData,
  type CommandInput,
  type Failure,
  type RoutedCommand,
  routeList,
} from '../../../src/contract/index.js';
import type { TestChat } from '../chat/test-chat.js';
import { RestClient } from '../rest/rest-client.js';

/** A way for a user to send commands, so that one conversation can be played through each of them. */
export interface Door {
  /** @returns the answer's data. @throws when the command fails */
  run<C extends RoutedCommand>(command: C, payload: CommandInput<C>): Promise<CommandData<C>>;
  /** @returns how the command fails. @throws when it succeeds */
  refusal<C extends RoutedCommand>(command: C, payload: unknown): Promise<Failure>;
}

export interface DoorKind {
  name: string;
  open(chat: TestChat, userId: number | string): Promise<Door>;
}

type Asking = (command: RoutedCommand, payload: unknown) => Promise<Ack<unknown>>;

function door(ask: Asking): Door {
  return {
    async run<C extends RoutedCommand>(command: C, payload: CommandInput<C>) {
      const answer = await ask(command, payload);
      if (!answer.success) {
        throw new Error(`${command} failed: ${answer.error.code} ${answer.error.message}`);
      }
      return answer.data as CommandData<C>;
    },
    async refusal(command, payload) {
      const answer = await ask(command, payload);
      if (answer.success) {
        throw new Error(`${command} succeeded, though it should have failed`);
      }
      return answer.error;
    },
  };
}

/** The route of a command whose path can be filled from the payload. */
function routeFor(command: RoutedCommand, payload: object) {
  const route = routeList.find((candidate) => {
    return candidate.command === command && candidate.pathFields.every((field) => field in payload);
  });
  if (route === undefined) {
    throw new Error(`${command} has no route for these fields`);
  }
  return route.name;
}

export const doors: readonly DoorKind[] = [
  {
    name: 'socket.io-client',
    open: async (chat, userId) => {
      const client = await chat.connect(userId);
      return door((command, payload) => client.askRaw(command, payload));
    },
  },
  {
    name: 'fetch',
    open: (chat, userId) => {
      const rest = RestClient.of(chat, userId);
      return Promise.resolve(
        door(async (command, payload) => (await rest.ask(routeFor(command, payload ?? {}), payload)).body),
      );
    },
  },
];
