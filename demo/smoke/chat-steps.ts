import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { ANNA, expect, READING_LAMP, SAM, type Step, WALNUT_TABLE } from './stage.js';

export const chatSteps: readonly Step[] = [
  {
    name: 'Anna creates the chat about a table; both hear of it',
    async run(stage) {
      const { anna, sam } = stage;
      const chat = await anna.send('chat:create', { buyerId: ANNA, sellerId: SAM, productId: WALNUT_TABLE });
      expect(chat.buyerId === ANNA && chat.sellerId === SAM, 'the chat is of two others');
      expect(chat.productId === WALNUT_TABLE, 'the chat is not about the table');
      await Promise.all([anna, sam].map((member) => member.hears('chat:created', ({ id }) => id === chat.id)));
      stage.chat = chat;
    },
  },
  {
    name: 'Sam creates it again, as old clients do without an ack, and hears of the same chat',
    async run({ sam, chat }) {
      sam.tell('chat:create', { buyerId: ANNA, sellerId: SAM });
      await sam.hears('chat:created', ({ id }) => id === chat.id);
    },
  },
  {
    name: 'both join the chat and see each other online',
    async run({ anna, sam, chat }) {
      for (const member of [anna, sam]) {
        const joined = await member.send('chat:join', { chatId: chat.id });
        const online = joined.members.filter((one) => one.online).map(({ userId }) => userId);
        expect(online.includes(ANNA) && online.includes(SAM), `online are ${online.join(', ') || 'none'}`);
      }
    },
  },
  {
    name: 'Tomas, a stranger to the chat, gets the answer of a chat that does not exist',
    async run({ tomas, chat }) {
      const forbidden = await tomas.sendInVain('chat:join', { chatId: chat.id }, 'CHAT_NOT_FOUND');
      const absent = await tomas.sendInVain('chat:join', { chatId: randomUUID() }, 'CHAT_NOT_FOUND');
      expect(JSON.stringify(forbidden) === JSON.stringify(absent), 'the two answers differ');
      await tomas.sendInVain('message:send', { chatId: chat.id, text: 'hello?' }, 'CHAT_NOT_FOUND');
    },
  },
  {
    name: 'Anna looks at the chat without joining, by socket and over HTTP: both show what joining does',
    async run(stage) {
      const { anna, chat } = stage;
      const read = await anna.send('chat:get', { chatId: chat.id });
      expect(read.chat.id === chat.id && read.messages.length === 0, 'the socket was shown another chat');
      const response = await fetch(`${stage.stack.service.url}/api/chat/chats/${chat.id}`, {
        headers: { authorization: `Bearer ${await stage.login(ANNA)}` },
      });
      const answer = (await response.json()) as { data?: unknown };
      expect(response.status === 200, `GET /api/chat/chats/:chatId answered ${response.status}`);
      expect(isDeepStrictEqual(answer.data, read), 'HTTP shows something else');
    },
  },
  {
    name: 'Anna types and stops; Sam sees both',
    async run({ anna, sam, chat }) {
      await anna.send('typing:start', { chatId: chat.id });
      await sam.hears('typing:start', ({ chatId, userId }) => chatId === chat.id && userId === ANNA);
      await anna.send('typing:stop', { chatId: chat.id });
      await sam.hears('typing:stop', ({ chatId, userId }) => chatId === chat.id && userId === ANNA);
    },
  },
  {
    name: 'Sam types and falls silent; the sign lapses and Anna is told',
    async run({ anna, sam, chat }) {
      await sam.send('typing:start', { chatId: chat.id });
      await anna.hears('typing:start', ({ userId }) => userId === SAM);
      await anna.hears('typing:stop', ({ userId }) => userId === SAM);
    },
  },
  {
    name: 'Anna sends a message, twice with one clientMessageId: it is stored and shown once',
    async run({ anna, sam, chat }) {
      const payload = { chatId: chat.id, text: 'Is the table still for sale?', clientMessageId: randomUUID() };
      const first = await anna.send('message:send', payload);
      const again = await anna.send('message:send', payload);
      expect(first.id === again.id && first.seq === again.seq, 'the second send made a second message');
      await Promise.all([anna, sam].map((member) => member.hears('message:new', ({ id }) => id === first.id)));
      await anna.sendInVain('message:send', { ...payload, text: 'another body' }, 'DUPLICATE_CLIENT_ID');
    },
  },
  {
    name: 'Sam answers without an ack, about another product; the chat follows',
    async run({ anna, sam, chat }) {
      sam.tell('message:send', { chatId: chat.id, text: 'Yes. Have you seen the lamp?', productId: READING_LAMP });
      const message = await anna.hears('message:new', ({ senderId }) => senderId === SAM);
      expect(message.productId === READING_LAMP, 'the message lost its product');
      for (const member of [anna, sam]) {
        await member.hears('chat:updated', ({ id, productId }) => id === chat.id && productId === READING_LAMP);
      }
      await sam.hears('message:new', ({ id }) => id === message.id);
      expect(anna.unheard('message:new') + sam.unheard('message:new') === 0, 'a message was shown twice');
    },
  },
  {
    name: 'history pages forwards and backwards, in one order',
    async run({ anna, sam, chat }) {
      const all = await anna.send('chat:history', { chatId: chat.id });
      const seqs = all.messages.map(({ seq }) => seq);
      expect(seqs.join() === '1,2' && !all.hasMore, `history has seqs ${seqs.join()}`);
      const back = await sam.send('chat:history', { chatId: chat.id, beforeSeq: 2, limit: 1 });
      const onwards = await sam.send('chat:history', { chatId: chat.id, afterSeq: 1 });
      expect(back.messages[0]?.seq === 1 && onwards.messages[0]?.seq === 2, 'the pages do not meet');
    },
  },
  {
    name: 'Sam, who has seen one message, syncs and gets the other; a position that the chat never reached is no use',
    async run({ sam, chat }) {
      const { chats } = await sam.send('chat:sync', {
        chats: [
          { chatId: chat.id, rev: 1 },
          { chatId: chat.id, rev: 1_000 },
        ],
      });
      const [behind, ahead] = chats;
      expect(behind?.messages.map(({ seq }) => seq).join() === '2' && behind.rev === 2, 'the sync missed a message');
      expect(ahead?.resync === true, 'a position ahead of the chat was believed');
    },
  },
  {
    name: 'Sam receives and reads; Anna sees how far',
    async run({ anna, sam, chat }) {
      const marks = await sam.send('message:delivered', { chatId: chat.id, seq: 2 });
      // He wrote the second message, so his marks stand there already.
      expect(marks.lastDeliveredSeq === 2 && marks.lastReadSeq === 2, 'own messages did not move the marks');
      const fromAnna = await anna.send('message:read', { chatId: chat.id });
      expect(fromAnna.lastReadSeq === 2, 'reading everything did not reach the end');
      await sam.hears('message:delivered', ({ userId, seq }) => userId === ANNA && seq === 2);
      await sam.hears('message:read', ({ userId, seq }) => userId === ANNA && seq === 2);
    },
  },
  {
    name: 'Anna corrects a message and takes it back; Sam sees both, and nobody else may',
    async run({ anna, sam, chat }) {
      const sent = await anna.send('message:send', { chatId: chat.id, text: 'How mush is it?' });
      const edit = { chatId: chat.id, messageId: sent.id, text: 'How much is it?' };
      await sam.sendInVain('message:edit', edit, 'FORBIDDEN');
      const edited = await anna.send('message:edit', edit);
      expect(edited.text === edit.text && edited.rev > sent.rev && edited.seq === sent.seq, 'the edit went wrong');
      await sam.hears('message:updated', ({ id, text }) => id === sent.id && text === edit.text);
      const deleted = await anna.send('message:delete', { chatId: chat.id, messageId: sent.id });
      expect(deleted.text === '' && deleted.deletedAt !== null, 'the text is still there');
      await sam.hears('message:deleted', ({ id }) => id === sent.id);
      for (const member of [anna, sam]) {
        await member.hears('message:new', ({ id }) => id === sent.id);
      }
    },
  },
  {
    name: 'Sam finds the chat in his inbox, with Anna in it; muted or hidden on his phone, it is so here, and Anna learns nothing',
    async run(stage) {
      const { anna, sam, chat } = stage;
      const { chats, nextCursor } = await sam.send('chat:list', {});
      const [row] = chats;
      expect(chats.length === 1 && nextCursor === null && row?.chat.id === chat.id, 'the inbox holds something else');
      expect(row.peer?.userId === ANNA && row.peer.profile?.firstName === 'Anna', 'the peer is not Anna');
      expect(row.unreadCount === 1 && row.lastMessage?.deletedAt !== null, 'the row does not end in a deleted message');
      const phone = stage.enter('sam-phone', { auth: { token: await stage.login(SAM) } });
      await phone.hears('connection:success');
      await phone.send('chat:settings', { chatId: chat.id, muted: true });
      await sam.hears('chat:settings', ({ chatId, muted }) => chatId === chat.id && muted);
      const unread = await sam.send('chat:unread-count', undefined);
      expect(unread.unreadCount === 0 && unread.unreadChats === 0, 'a muted chat calls for attention');
      await phone.send('chat:settings', { chatId: chat.id, muted: false });
      await sam.hears('chat:settings', ({ muted }) => !muted);
      await phone.send('chat:hide', { chatId: chat.id });
      await sam.hears('chat:settings', ({ hidden }) => hidden);
      expect((await sam.send('chat:list', {})).chats.length === 0, 'a hidden chat is in the inbox');
      await phone.send('chat:settings', { chatId: chat.id, hidden: false });
      await sam.hears('chat:settings', ({ hidden }) => !hidden);
      phone.leave();
      expect(anna.unheard('chat:settings') === 0, 'Anna was told what Sam made of the chat');
    },
  },
  {
    name: 'Sam leaves the chat and is notified of the next message instead',
    async run({ anna, sam, chat }) {
      await sam.send('message:read', { chatId: chat.id });
      await sam.send('chat:leave', { chatId: chat.id });
      const sent = await anna.send('message:send', { chatId: chat.id, text: 'A fine lamp. How much?' });
      const { unreadCount } = await sam.hears('message:notification', ({ message }) => message.id === sent.id);
      expect(unreadCount === 1, `${unreadCount} are unread, where one is`);
      expect(sam.unheard('message:new') === 0, 'message:new reached a socket that left');
      await anna.hears('message:new', ({ id }) => id === sent.id);
      await sam.send('chat:join', { chatId: chat.id });
    },
  },
];
