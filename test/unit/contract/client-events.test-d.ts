import { io, type Socket } from 'socket.io-client';
import { describe, expectTypeOf, it } from 'vitest';
import type { Ack, Chat, ClientToServerEvents, Message, ServerToClientEvents } from '../../../src/contract/index.js';

/** As a frontend holds it; these files are compiled, never run. */
const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io('http://localhost:3001/chat', {
  auth: { token: 'your-jwt-token' },
});
const chatId = 'uuid';

describe('a typed client, used as the documentation shows', () => {
  it('sends every command with its payload, and needs no callback', () => {
    socket.emit('message:send', { chatId, text: 'Текст сообщения', productId: 123 });
    socket.emit('message:send', { chatId, text: 'text', clientMessageId: 'key' });
    socket.emit('typing:start', { chatId });
    socket.emit('typing:stop', { chatId });
    socket.emit('chat:join', { chatId });
    socket.emit('chat:leave', { chatId });
    socket.emit('chat:history', { chatId, beforeSeq: 10, limit: 20 });
    socket.emit('chat:create', { buyerId: 123, sellerId: 456 });
    socket.emit('chat:create', { buyerId: 'b-1', sellerId: 'c-1', productId: null });
    socket.emit('chat:create', { type: 'direct', buyerId: 123, sellerId: 456 });
    socket.emit('chat:create', { type: 'group', name: 'Delivery', userIds: [1, 'b-2'] });
    socket.emit('chat:list');
    socket.emit('chat:list', { cursor: null, limit: 20, archived: true });
    socket.emit('chat:unread-count');
    socket.emit('chat:settings', { chatId, hidden: true });
    socket.emit('users:online');
    socket.emit('users:online', { userIds: [123, 'c-1'] });
    socket.emit('auth:refresh-token', { token: 'new-jwt-token' });
  });

  it('reads the answer of a refresh as documented', () => {
    socket.emit('auth:refresh-token', { token: 'new-jwt-token' }, (response) => {
      if (response.success) {
        expectTypeOf(response.data).toEqualTypeOf<{ userId: string | number; expiresAt: string }>();
      }
    });
  });

  it('is told what each event carries', () => {
    socket.on('auth:error', (data) => expectTypeOf(data.error).toEqualTypeOf<string>());
    socket.on('auth:token-expired', (data) => expectTypeOf(data.code).extract<'TOKEN_EXPIRED'>().not.toBeNever());
    socket.on('message:new', (data) => expectTypeOf(data).toEqualTypeOf<Message>());
    socket.on('message:notification', ({ message, sender, muted, unreadCount }) => {
      expectTypeOf(sender?.username).toEqualTypeOf<string | null | undefined>();
      expectTypeOf(muted).toEqualTypeOf<boolean>();
      expectTypeOf(message).toEqualTypeOf<Message>();
      expectTypeOf(unreadCount).toEqualTypeOf<number>();
    });
    socket.on('typing:start', (data) => {
      expectTypeOf(data).toEqualTypeOf<{ chatId: string; userId: string | number; expiresInMs: number }>();
    });
    socket.on('typing:stop', (data) => {
      expectTypeOf(data).toEqualTypeOf<{ chatId: string; userId: string | number }>();
    });
    socket.on('user:online', (data) => expectTypeOf(data).toEqualTypeOf<{ userId: string | number }>());
    socket.on('user:offline', (data) => expectTypeOf(data.lastSeenAt).toEqualTypeOf<string>());
    socket.on('users:online', (data) => expectTypeOf(data).toEqualTypeOf<{ userIds: (string | number)[] }>());
    socket.on('chat:created', (data) => expectTypeOf(data).toEqualTypeOf<Chat>());
    socket.on('chat:updated', (data) => expectTypeOf(data).toEqualTypeOf<Chat>());
    socket.on('server:draining', (data) => expectTypeOf(data).toEqualTypeOf<{ reconnectInMs: number }>());
    socket.on('error', (data) => expectTypeOf(data.event).toEqualTypeOf<string>());
  });
});

describe('a typed client that gets it wrong', () => {
  it('does not compile with a payload the service would refuse', () => {
    // @ts-expect-error a message has a text
    socket.emit('message:send', { chatId });
    // @ts-expect-error the text is text
    socket.emit('message:send', { chatId, text: 1 });
    // @ts-expect-error the key is text
    socket.emit('message:send', { chatId, text: 'text', clientMessageId: 1 });
    // @ts-expect-error a chat has a seller
    socket.emit('chat:create', { buyerId: 123 });
    // @ts-expect-error an id is a number or text
    socket.emit('chat:create', { buyerId: true, sellerId: 456 });
    // @ts-expect-error a group has a name
    socket.emit('chat:create', { type: 'group', userIds: [1] });
    // @ts-expect-error a group has no seller
    socket.emit('chat:create', { type: 'group', buyerId: 123, sellerId: 456 });
    // @ts-expect-error nobody is a buyer in a group
    socket.emit('group:role', { chatId, userId: 1, role: 'buyer' });
    // @ts-expect-error joining is joining something
    socket.emit('chat:join');
    // @ts-expect-error a chat's id is text
    socket.emit('chat:join', { chatId: 1 });
    // @ts-expect-error the limit is a number
    socket.emit('chat:history', { chatId, limit: '10' });
    // @ts-expect-error a misspelt key
    socket.emit('typing:start', { chatID: chatId });
    // @ts-expect-error the ids come in a list
    socket.emit('users:online', { userIds: 123 });
    // @ts-expect-error the token comes in an object
    socket.emit('auth:refresh-token', 'new-jwt-token');
  });

  it('does not compile with a name nobody knows', () => {
    // @ts-expect-error a misspelt command
    socket.emit('message:sent', { chatId, text: 'text' });
    // @ts-expect-error an event is not a command
    socket.emit('message:new', { chatId, text: 'text' });
    // @ts-expect-error a command is not an event
    socket.on('message:send', () => undefined);
    // @ts-expect-error a misspelt event
    socket.on('message:created', () => undefined);
  });

  it('does not compile when it reads what is not there', () => {
    // @ts-expect-error the event is the message itself
    socket.on('message:new', ({ message }) => message);
    socket.emit('message:send', { chatId, text: 'text' }, (answer: Ack<Message>) => {
      // @ts-expect-error data is there only after success was looked at
      return answer.data;
    });
    // @ts-expect-error the answer to a message is a message
    socket.emit('message:send', { chatId, text: 'text' }, (answer: Ack<Chat>) => answer);
  });
});
