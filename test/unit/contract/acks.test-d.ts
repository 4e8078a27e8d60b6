import { describe, expectTypeOf, it } from 'vitest';
import type {
  Ack,
  Chat,
  ChatSettings,
  ClientToServerEvents,
  CommandInput,
  CommandName,
  CommandPayload,
  ErrorCode,
  EventName,
  Failure,
  InboxPage,
  JoinedChat,
  Message,
  MessagePage,
  ServerToClientEvents,
} from '../../../src/contract/index.js';

/** The argument of a command's ack callback. */
type Answer<C extends CommandName> = Parameters<NonNullable<Parameters<ClientToServerEvents[C]>[1]>>[0];

describe('the answer to a command', () => {
  it('is the data of the command, or a failure', () => {
    expectTypeOf<Answer<'message:send'>>().toEqualTypeOf<Ack<Message>>();
    expectTypeOf<Answer<'chat:create'>>().toEqualTypeOf<Ack<Chat>>();
    expectTypeOf<Answer<'chat:join'>>().toEqualTypeOf<Ack<JoinedChat>>();
    expectTypeOf<Answer<'chat:leave'>>().toEqualTypeOf<Ack<null>>();
    expectTypeOf<Answer<'chat:list'>>().toEqualTypeOf<Ack<InboxPage>>();
    expectTypeOf<Answer<'chat:settings'>>().toEqualTypeOf<Ack<ChatSettings>>();
    expectTypeOf<Answer<'chat:hide'>>().toEqualTypeOf<Ack<ChatSettings>>();
    expectTypeOf<Answer<'chat:history'>>().toEqualTypeOf<Ack<MessagePage>>();
    expectTypeOf<Answer<'typing:start'>>().toEqualTypeOf<Ack<null>>();
    expectTypeOf<Answer<'typing:stop'>>().toEqualTypeOf<Ack<null>>();
    expectTypeOf<Answer<'users:online'>>().toEqualTypeOf<Ack<{ userIds: (string | number)[] }>>();
    expectTypeOf<Answer<'auth:refresh-token'>>().toEqualTypeOf<Ack<{ userId: string | number; expiresAt: string }>>();
  });

  it('is told apart by success', () => {
    type Succeeded = Extract<Ack<Message>, { success: true }>;
    type Failed = Extract<Ack<Message>, { success: false }>;
    expectTypeOf<Succeeded['data']>().toEqualTypeOf<Message>();
    expectTypeOf<Failed['error']>().toEqualTypeOf<Failure>();
    expectTypeOf<Succeeded>().not.toHaveProperty('error');
    expectTypeOf<Failed>().not.toHaveProperty('data');
  });

  it('fails with a code of the contract, and says when to try again in milliseconds where it knows', () => {
    expectTypeOf<Failure['code']>().toEqualTypeOf<ErrorCode>();
    expectTypeOf<'CHAT_NOT_FOUND'>().toExtend<ErrorCode>();
    expectTypeOf<'NOT_FOUND'>().not.toExtend<ErrorCode>();
    expectTypeOf<Failure['retryAfterMs']>().toEqualTypeOf<number | undefined>();
  });
});

describe('the maps a typed socket takes', () => {
  it('know every command and every event, and nothing else', () => {
    expectTypeOf<keyof ClientToServerEvents>().toEqualTypeOf<CommandName>();
    expectTypeOf<keyof ServerToClientEvents>().toEqualTypeOf<EventName>();
  });
});

describe('what a handler is given', () => {
  it('has its defaults filled in and ids as text, which a client need not send so', () => {
    expectTypeOf<CommandInput<'chat:history'>['limit']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<CommandPayload<'chat:history'>['limit']>().toEqualTypeOf<number>();
    expectTypeOf<CommandInput<'chat:list'>>().extract<null | undefined>().toEqualTypeOf<null | undefined>();
    expectTypeOf<CommandPayload<'chat:list'>['limit']>().toEqualTypeOf<number>();
    expectTypeOf<CommandInput<'group:remove'>['userId']>().toEqualTypeOf<string | number>();
    expectTypeOf<CommandPayload<'group:remove'>['userId']>().toEqualTypeOf<string>();
    expectTypeOf<CommandInput<'users:online'>>().extract<null | undefined>().toEqualTypeOf<null | undefined>();
    expectTypeOf<CommandPayload<'users:online'>>().toEqualTypeOf<{ userIds?: string[] | undefined }>();
  });
});
